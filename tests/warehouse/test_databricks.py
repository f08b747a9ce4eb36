"""The views of Databricks SQL as text; tests/spark makes them on Apache Spark, which knows no groups or grants."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from shoplake import gold
from shoplake.config import find_project
from shoplake.contract import Column, Table, Text
from shoplake.contract.unity import Unity
from shoplake.metrics.catalog import project_catalog
from shoplake.metrics.views import metric_view
from shoplake.runs.manifest import Manifest
from shoplake.warehouse.databricks import grants, publication, view
from tests.conftest import ROOT
from tests.test_cli import shoplake

TABLE = Table(
    "gold.dim_some",
    "some",
    "one row per n",
    ("n",),
    (Column("n", "bigint", "number"), Text("birth_date", "born", personal=True), Text("country", "where")),
)
METRICS = project_catalog(ROOT, find_project(ROOT).business)


def test_a_view_has_no_personal_columns() -> None:
    assert view(TABLE, "`c`.`shop`.`dim_some`", "`c`.`gold`.`dim_some` VERSION AS OF 7", Unity()) == (
        "CREATE OR REPLACE VIEW `c`.`shop`.`dim_some` (`n` COMMENT 'number', `country` COMMENT 'where') "
        "COMMENT 'some. Grain: one row per n.' TBLPROPERTIES ('shoplake.contract' = 'view') "
        "AS SELECT `n`, `country` FROM `c`.`gold`.`dim_some` VERSION AS OF 7"
    )


def test_masks_and_row_filters() -> None:
    unity = Unity(personal_group="it's them", row_filters={"country": "main.rights.sees", "store_id": "main.rights.x"})
    assert view(TABLE, "v", "t VERSION AS OF 7", unity) == (
        "CREATE OR REPLACE VIEW v (`n` COMMENT 'number', `birth_date` COMMENT 'born', `country` COMMENT 'where') "
        "COMMENT 'some. Grain: one row per n.' TBLPROPERTIES ('shoplake.contract' = 'view') AS SELECT `n`, "
        "CASE WHEN is_account_group_member('it\\'s them') THEN `birth_date` END AS `birth_date`, `country` "
        "FROM t VERSION AS OF 7 WHERE main.rights.sees(`country`)"
    )


def test_the_number_is_told_last() -> None:
    manifest = Manifest(7, "r", "2024-01-02T03:04:05+00:00", date(2024, 1, 1), date(2023, 12, 31), {}, (), {})
    assert " AS SELECT 7 AS number, 'r' AS run_id, " in publication("p", manifest, "abc")


def test_who_may_look() -> None:
    assert list(grants("c", Unity(), "shoplake_analyst")) == [
        "GRANT USE CATALOG ON CATALOG `c` TO `shoplake_analyst`",
        "GRANT USE SCHEMA, SELECT ON SCHEMA `c`.`shop` TO `shoplake_analyst`",
    ]


def test_metric_views_ask_the_views_alone() -> None:
    for name, declared in METRICS.sets.items():
        statement = metric_view(declared, name, "databricks", ("my-shop", "shop"))
        head, text, _ = statement.split("$$")
        assert head.startswith(f"CREATE OR REPLACE VIEW `my-shop`.`shop`.`metrics_{name}`\n")
        document, plain = yaml.safe_load(text), yaml.safe_load(metric_view(declared, name, "databricks").split("$$")[1])
        for key in ("dimensions", "measures"):
            assert document[key] == plain[key]
        assert [join["name"] for join in document["joins"]] == [join["name"] for join in plain["joins"]]
        asked, published = _asked(document), {table.base: table for table in gold.tables()}
        assert {base for _, _, base in asked} <= published.keys()
        assert {(catalog, schema) for catalog, schema, _ in asked} == {("my-shop", "shop")}
        personal = {c.name for table in published.values() for c in table.columns if c.personal}
        assert not personal & _columns(document)


def _asked(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    sources = [document["source"], *(join["source"] for join in document["joins"])]
    trees = [_parsed(text if " " in text else f"SELECT * FROM {text}") for text in sources]
    tables = [table for tree in trees for table in tree.find_all(exp.Table)]
    return {(table.catalog, table.db, table.name) for table in tables if table.db}


def _columns(document: dict[str, Any]) -> set[str]:
    """The names of columns that formulas and sources read."""
    texts = [document["source"], *(each["expr"] for key in ("dimensions", "measures") for each in document[key])]
    return {column.name for text in texts for column in _parsed(text).find_all(exp.Column)}


def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect="databricks")


def test_all_of_it_can_be_looked_at(tmp_path: Path) -> None:
    text = shoplake("warehouse", "render", "--target", "databricks", cwd=tmp_path).stdout
    assert text.startswith("CREATE SCHEMA IF NOT EXISTS `<catalog>`.`shop`;\n\nCREATE OR REPLACE VIEW")
    assert text.count("VERSION AS OF <version>") == len(gold.tables())
    assert "\nWITH METRICS\n" in text
    assert "TO `shoplake_analyst`;\n" in text
