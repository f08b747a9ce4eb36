"""The data dictionary: what it tells of the corner shop, and that it needs and betrays nothing."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from shoplake.documentation.html import page
from shoplake.documentation.lineage import Subject
from shoplake.documentation.markdown import dictionary, sections
from tests.conftest import CORNER_SHOP

VOID = {"meta", "input", "rect", "path"}


class Reader(HTMLParser):
    """Fails on tags that don't match; keeps ids, links and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} {name}"
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src", "data", "action", "srcset", "poster"}:
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def body(subject: Subject, title: str) -> str:
    return sections(subject)[title]


def result(subject: Subject, table: str, rule: str) -> str:
    """What stands beside a rule."""
    (line,) = [line for line in body(subject, table).splitlines() if line.startswith(f"| {rule}")]
    return line.split(" | ")[-1].removesuffix(" |")


@pytest.mark.parametrize(
    ("table", "rule", "wanted"),
    [  # by hand, from the files: see tests/corner_shop/README.md
        ("silver.order", "`customer_id` is in", "1 value missing, in 1 row"),
        ("silver.order", "`store_id` is in", "holds"),
        ("silver.order", "`status` is one of open, completed, cancelled", "0 rows refused"),
        ("silver.order_line", "`product_id` is in", "1 value missing, in 1 row"),
        ("silver.order_line", "without «training»", "1 row left out"),
        ("silver.order_line", "`gross_amount - discount_amount = net_amount`", "0 rows refused"),
        ("silver.store", "`source`, `store_id`: the latest row holds", "holds"),
        ("gold.fact_sales", "as in [`silver.order_line`]", "holds (11 rows)"),
        ("gold.mart_sales_daily", "as in [`gold.fact_sales`]", "holds (8 rows)"),
        ("gold.dim_store", "one `source`, `store_id` for each `store_key`", "holds"),
    ],
)
def test_rules_have_their_last_results(
    published: Subject, declared: Subject, table: str, rule: str, wanted: str
) -> None:
    assert result(published, table, rule) == wanted
    assert result(declared, table, rule) == "not run yet"


def test_feeds_tell_what_became_of_their_rows(published: Subject, declared: Subject) -> None:
    lines = body(published, "bronze.corner_shop__lines")
    assert "Last result: read 16, loaded 13, quarantined 2, blank 1; refused:" in lines
    for reason in ("`not_a_number:quantity` 1", "`ragged_row` 1"):
        assert reason in lines
    assert "| `order_number` | `order` | string | `silver.order_line.order_id` |" in lines
    assert "deduplicated 1, loaded 7, quarantined 1" in body(published, "bronze.corner_shop__orders")
    assert "timestamp format `d.M.yyyy HH:mm`" in body(declared, "bronze.corner_shop__returns")
    assert "not run yet" in body(declared, "bronze.corner_shop__returns")
    assert "Nothing is published yet" in body(declared, "Overview")
    assert "| [`gold.fact_sales`](#goldfact_sales) | one row per order line | 11 |" in body(published, "Overview")


def test_a_required_value_that_is_missing_is_named(published: Subject) -> None:
    assert published.manifest is not None
    refused = {"table": "quarantine.corner_shop__lines", "entity": "order_line", "rows": 3}
    more = [refused | {"reason": "required_value_missing:net_amount"}, refused | {"reason": "wrong_type:quantity"}]
    account = published.manifest.account | {"refused": more}
    worse = replace(published, manifest=replace(published.manifest, account=account))
    assert result(worse, "silver.order_line", "no null in") == "`net_amount`: 3 rows refused"
    assert result(worse, "silver.order_line", "`wrong_type:quantity`") == "3 rows refused"  # no rule's, yet told
    assert result(worse, "silver.order", "no null in") == "0 rows refused"


def test_the_page_is_whole_and_needs_nothing(published: Subject) -> None:
    text = page(published)
    read = Reader(text)
    assert "http" not in text
    assert not re.search(r"url\(|@import|<link|<img|<iframe", text)
    assert len(read.ids) == len(set(read.ids))
    assert read.links
    assert all(link.startswith("#") and link[1:] in read.ids for link in read.links)
    for table in (*published.entities, *published.gold):
        has_inputs = any(published.graph[table.name, name] for name in table.column_names)
        assert (f'aria-label="Lineage of {table.name}"' in text) == has_inputs
    assert "Data dictionary of corner" in read.text


def test_personal_columns_are_marked(published: Subject) -> None:
    for table in (*published.entities, *published.gold):
        for column in table.columns:
            (line,) = [x for x in body(published, table.name).splitlines() if x.startswith(f"| `{column.name}` | ")]
            assert ("**personal**" in line) == column.personal
    listed = body(published, "Personal columns")
    assert "| `email` | [`bronze.corner_shop__customers`](#bronzecorner_shop__customers), " in listed
    assert "| `gender` " not in listed


def test_no_value_of_a_person_is_told(published: Subject) -> None:
    texts = (page(published), dictionary(published))
    with (CORNER_SHOP / "raw" / "customers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values = {row[name] for row in rows for name in ("customer_id", "first_name", "email", "born")} - {""}
    assert {"C1", "ada@example.org"} < values
    for value in values:
        assert not any(re.search(rf"\b{re.escape(value)}\b", text) for text in texts), value


def test_what_a_declaration_says_stays_text(declared: Subject) -> None:
    (source,) = declared.sources
    title = "Shop <script>alert(1)</script> ![x](http://example.org/x.png) | `*`"
    filters = {"odd": "sku = 'a|b' or sku = '`<b>`'"}
    mapping = source.map["product"].model_copy(update={"filters": filters})
    odd = source.model_copy(update={"title": title, "map": source.map | {"product": mapping}})
    subject = replace(declared, sources=(odd,))
    text = page(subject)
    read = Reader(text)
    assert title in read.text
    assert filters["odd"] in read.text
    assert text.count("<script") == 1
    assert "<img" not in text
    assert "<b>`" not in text
