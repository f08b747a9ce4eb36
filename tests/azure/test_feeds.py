"""The list of feeds tells Data Factory all that it needs, and no secret."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
import sqlglot
from typer.testing import CliRunner

from shoplake.azure.feeds import FeedRecord, feed_list
from shoplake.cli import app
from tests.azure.web_shop import DECLARATION, declared


def record(project: Path, feed: str, right: str = "", wrong: str = "") -> dict[str, str]:
    assert right in DECLARATION
    found = feed_list([declared(project, DECLARATION.replace(right, wrong) if right else DECLARATION)])
    return next(each for each in found if each["name"] == f"web_shop.{feed}")


def test_every_record_has_every_key(tmp_path: Path) -> None:
    records = feed_list([declared(tmp_path)])
    assert [each["kind"] for each in records] == ["rest", "sql", "http", "sftp", "sql_server", "blob"]
    assert all(list(each) == [field.name for field in fields(FeedRecord)] for each in records)
    assert all(isinstance(value, str) for each in records for value in each.values())


@pytest.mark.parametrize(
    ("feed", "kind", "secret", "table"),
    [("orders", "sql", "sql-web-shop", "[sales].[Orders]"), ("stock", "sql_server", "sql-stock", "[dbo].[Stock]")],
)
def test_sql(feed: str, kind: str, secret: str, table: str, tmp_path: Path) -> None:
    found = record(tmp_path, feed)
    assert found["newest"] == (
        f"select cast(max(cast([changed_at] as datetime2)) as nvarchar(40)) as newest from {table}"
    )
    assert found["copy"] == (
        f"select * from {table} where [changed_at] > cast('{{old}}' as datetime2) "
        "and [changed_at] <= cast('{new}' as datetime2)"
    )
    assert (found["kind"], found["secret"], found["prefix"], found["suffix"]) == (kind, secret, feed, ".csv")
    assert found["start"] == "0001-01-01"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("column: changed_at", "column: changed_at"),
        ("column: changed_at", "column: id, type: bigint"),
        ("table: sales.Orders", "query: select number, changed_at from sales.Orders where is_test = 0"),
        ("\n    watermark: {column: changed_at}", ""),
    ],
)
def test_the_queries_are_sql(right: str, wrong: str, tmp_path: Path) -> None:
    found = record(tmp_path, "orders", right, wrong)
    for query in (found["newest"], found["copy"]):
        (parsed,) = sqlglot.parse(query, dialect="tsql")
        assert isinstance(parsed, sqlglot.exp.Select)
    assert ("{old}" in found["copy"]) == ("watermark" not in right)


def test_rest(tmp_path: Path) -> None:
    found = record(tmp_path, "customers")
    asked = "admin/api/2025-01/customers.json?status=any&updated_at_min={old}&updated_at_max={new}"
    assert (found["newest"], found["copy"]) == (f"{asked}&limit=1", f"{asked}&limit=250")
    assert json.loads(found["paging"]) == {"supportRFC5988": "true"}


@pytest.mark.parametrize(
    ("paging", "rules"),
    [
        ("{by: url, at: $.next}", {"supportRFC5988": "false", "AbsoluteUrl": "$.next", "EndCondition:$.next": "Empty"}),
        (
            "{by: cursor, at: $.meta.next, parameter: after}",
            {"supportRFC5988": "false", "QueryParameters.after": "$.meta.next", "EndCondition:$.meta.next": "Empty"},
        ),
    ],
)
def test_paging(paging: str, rules: dict[str, str], tmp_path: Path) -> None:
    found = record(tmp_path, "customers", "items: customers", f"items: customers\n    paging: {paging}")
    assert json.loads(found["paging"]) == rules


def test_files(tmp_path: Path) -> None:
    sftp, blob = record(tmp_path, "returns"), record(tmp_path, "stores")
    assert (sftp["prefix"], sftp["suffix"], sftp["port"]) == ("returns", ".csv.gz", "22")
    assert (blob["url"], blob["container"]) == ("https://webshopexports.blob.core.windows.net", "exports")
    assert sftp["start"] == blob["start"] == "2000-01-01T00:00:00Z"


def test_the_command_writes_the_list(tmp_path: Path) -> None:
    source = declared(tmp_path)
    printed = CliRunner().invoke(app, ["--project", str(tmp_path), "azure", "feeds"], catch_exceptions=False)
    assert json.loads(printed.stdout) == feed_list([source])
    out = tmp_path / "new" / "feeds.json"
    CliRunner().invoke(app, ["--project", str(tmp_path), "azure", "feeds", "--out", str(out)], catch_exceptions=False)
    assert out.read_text("utf-8") == printed.stdout


def test_built_in_sources_are_fetched_by_nobody(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["--project", str(tmp_path), "azure", "feeds"], catch_exceptions=False)
    assert json.loads(printed.stdout) == []


def test_the_example_in_the_docs_is_good(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "data-factory.md").read_text("utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if block.startswith("ingest:"))
    before, _, behind = DECLARATION.partition("ingest:\n")
    source = declared(tmp_path, before + example + "\nparse:" + behind.partition("\nparse:")[2])
    assert {each["kind"] for each in feed_list([source])} == {"sql", "sql_server", "rest", "blob", "http", "sftp"}
