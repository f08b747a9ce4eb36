"""A mistake in a declaration is found before a run, with its line and a remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shoplake.errors import DeclarationError
from shoplake.silver import BY_BASE
from shoplake.sources.catalog import BUILT_IN, load_source, load_sources
from tests.conftest import CORNER_SHOP


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    shutil.copytree(CORNER_SHOP / "sources", tmp_path / "sources")
    return tmp_path / "sources" / "corner_shop" / "source.yml"


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("source: corner_shop", "source: corner_show", "«corner_show» is not the folder's name"),
        ("time_zone: Europe/Berlin", "time_zone: Europe/Berlim", "unknown time zone «Europe/Berlim»"),
        ("currency: EUR", "currency: euro", "«currency»: string should match pattern"),
        ("currency: EUR", "", "«currency» is missing"),
        ("currency: EUR", "currency: EUR\ncolour: red", "«colour» is not a key of this place"),
        ("nulls: [\"-\"]", "nulls: [NO]", "«0» must be text"),
        ("files: orders*.csv", "files: ../orders*.csv", "a pattern may not leave the source's folder"),
        ("files: orders*.csv", "files: orders*.csv\n    encoding: klingon", "unknown encoding «klingon»"),
        ("files: orders*.csv", "files: orders*.csv\n    encoding: undefined", "unknown encoding «undefined»"),
        ("files: orders*.csv", "files: orders*.csv\n    delimiter: \"§\"", "«delimiter»: string should match pattern"),
        ("files: orders*.csv", "files: orders*.csv\n    delimiter: '\"'", "«delimiter»: string should match pattern"),
        ("amount: price", "amount: prize", "«prize» is not a decimal column of the feed"),
        ("      sku:\n      name:", "      sku: {format: yyyy}\n      name:", "a string has no format"),
        ("keys: [number]", "keys: [nummer]", "the feed has no column «nummer»"),
        ("keys: [number]", "sequence_by: number", "upsert needs keys"),
        ("{delivery: upsert, keys: [number]}", "{delivery: cdc, keys: [number]}", "cdc needs apply_as_deletes"),
        ("  orders: {delivery", "  ordres: {delivery", "there is no feed «ordres» in parse"),
        ("  customer:\n    feed", "  costumer:\n    feed", "there is no canonical entity «costumer»"),
        ("feed: lines", "feed: line", "there is no feed «line» in parse"),
        ("      order_id: number\n      customer", "      customer", "order needs «order_id»"),
        ("status: case", "state: case", "order has no column «state» to map"),
        ("channel: channel", "channel: chanel", "there is no column «chanel»; there are: channel, currency"),
        ("channel: channel", "channel: max(channel)", "it holds an aggregate"),
        ("channel: channel", "channel: (select 1)", "it holds a query inside"),
        ("channel: channel", "channel: now()", "it calls now(), which isn't among the functions"),
        ("channel: channel", "channel: rand()", "it calls rand()"),
        ("channel: channel", "channel: channel, 1", "it is not one expression"),
        ("channel: channel", "channel: channel from x", "it is not one expression"),
        ("channel: channel", "channel: channel; drop table x", "it is not"),
        ("channel: channel", "channel: case when", "it is not valid SQL"),
        ("net_amount: quantity * price - discount", "net_amount: price / quantity", "it divides decimals"),
        ('format: "d.M.yyyy HH:mm"', 'format: "%d.%m.%Y"', "is no Spark pattern: %, Y means something else"),
        ("keys: [number]", "keys: [number], sequence_by: status", "sequence_by must be one of date, integer"),
        ("keys: [number]", "keys: [number], effective_at: status", "effective_at must be one of date, timestamp"),
        ("upsert, keys: [number]", "snapshot, keys: [number], effective_at: placed", "a snapshot holds from one"),
        ("keys: [number]", "keys: [number], drift: evole", "«drift»: must be one of evolve, ignore, quarantine, stop"),
        ("keys: [number]", "keys: [number], drift: {new_column: keep}", "«new_column»: input should be 'evolve'"),
        ("keys: [number]", "keys: [number], drift: {new: stop}", "«new» is not a key of this place"),
        ("keys: [number]", "keys: [number], filters: {odd: max(status)}", "it holds an aggregate"),
        ("keys: [number]", "keys: [number], filters: {odd: state}", "there is no column «state»"),
        ("upsert, keys: [number]", "snapshot, rows_per_key: many, keys: [number]", "only upsert has many rows per key"),
        ("keys: [number]", "keys: [number], rows_per_key: many, sequence_by: placed", "hold from one instant together"),
        ("channel: channel", "channel: channel as c", "it names or stars its result"),
        ("goods.department", "goods.dept", "the lookup «goods» has no column «dept»"),
        ("goods.department", "bads.department", "there is no lookup «bads»"),
        ("by: sku}", "by: skew}", "there is no column «skew»"),
        ("{feed: products, by", "{feed: lines, by", "«lines» has no single key to look up by"),
        ("training: order_number", "training: order_no", "there is no column «order_no»"),
        ("title: The corner shop", "title: Shop\ntitle: Another", "«title» is declared twice, first in line 2"),
        ("title: The corner shop", "title: [", "not valid YAML"),
    ],
)  # fmt: skip
def test_mistake(declaration: Path, right: str, wrong: str, what: str) -> None:
    text = declaration.read_text("utf-8")
    assert right in text
    declaration.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_source(declaration, BY_BASE)
    message = str(caught.value)
    assert what in message
    where = message.split(": ")[0]
    assert where.startswith(f"{declaration}:")
    assert caught.value.remedy
    if wrong and "missing" not in what and "needs" not in what and "YAML" not in what:
        line = declaration.read_text("utf-8").splitlines()[int(where.rpartition(":")[2]) - 1]
        words = wrong.replace("\n", " ").replace("{", " ").split()
        assert any(word in line for word in words), line


def test_a_lookup_needs_one_row_per_key(declaration: Path) -> None:
    text = declaration.read_text("utf-8").replace("keys: [sku]", "keys: [sku], rows_per_key: many")
    declaration.write_text(text, "utf-8")
    with pytest.raises(DeclarationError, match="«products» has no single key to look up by") as caught:
        load_source(declaration, BY_BASE)
    line = int(str(caught.value).split(": ")[0].rpartition(":")[2])
    assert "goods: {feed: products" in text.splitlines()[line - 1]


def test_all_mistakes_are_told_at_once(declaration: Path) -> None:
    text = declaration.read_text("utf-8").replace("channel: channel", "chanel: channel").replace("[sku]", "[sku, skew]")
    declaration.write_text(text, "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_source(declaration, BY_BASE)
    assert "«skew»" in str(caught.value)
    assert "«chanel»" in str(caught.value)


def test_a_project_has_the_built_in_sources_and_its_own(declaration: Path) -> None:
    names = set(load_sources(declaration.parents[2], BY_BASE))
    assert names == {path.parent.name for path in BUILT_IN.glob("*/source.yml")} | {"corner_shop"}
