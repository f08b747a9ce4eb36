"""Columns of one's own: one contract over all sources, and the names that they may not take."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from shoplake import gold, silver
from shoplake.contract import Column, Text
from shoplake.errors import DeclarationError
from shoplake.sources.catalog import load_source
from shoplake.sources.declaration import ExtraColumn, Mapping, Source
from shoplake.sources.extend import extras_of
from tests.conftest import CORNER_SHOP

EDUCATION = {"type": "string", "meaning": "highest education"}


def source(name: str, **extend: dict[str, dict[str, Any]]) -> Source:
    return Source(
        source=name,
        title=name,
        time_zone="UTC",
        currency="EUR",
        extend={base: {n: ExtraColumn(**extra) for n, extra in each.items()} for base, each in extend.items()},
        parse={"f": {"files": "f", "columns": {"v": None}}},  # type: ignore[dict-item]
        map={"store": Mapping(feed="f", select={"store_id": "v"})},
    )


def test_what_all_sources_declare_by_name() -> None:
    points = {"type": "integer", "meaning": "loyalty points", "unit": "points"}
    found = extras_of(
        [
            source("a", customer={"points": points, "education": EDUCATION}),
            source("b"),
            source("c", customer={"education": EDUCATION, "alias": {"meaning": "nickname", "personal": True}}),
            source("d", order={"campaign": {"meaning": "what brought the customer"}}),
        ]
    )
    assert found == {
        "customer": (
            Text("alias", "nickname", personal=True),
            Text("education", "highest education"),
            Column("points", "bigint", "loyalty points", unit="points"),
        ),
        "order": (Text("campaign", "what brought the customer"),),
    }


@pytest.mark.parametrize(
    "other",
    [
        {"customer": {"education": EDUCATION | {"type": "integer"}}},
        {"customer": {"education": EDUCATION | {"meaning": "years of school"}}},
        {"customer": {"education": EDUCATION | {"unit": "years"}}},
        {"customer": {"education": EDUCATION | {"personal": True}}},
        {"store": {"education": EDUCATION}},
    ],
)
def test_one_name_is_one_column(other: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError) as caught:
        extras_of([source("a", customer={"education": EDUCATION}), source("b", **other)])
    entity = next(iter(other))
    assert str(caught.value).startswith(f"b/source.yml: extend: {entity}: education: ")
    assert "a/source.yml: extend: customer: education" in str(caught.value)


def test_gold_carries_what_is_not_personal() -> None:
    note = {"meaning": "a note", "personal": True}
    extras = extras_of(
        [
            source(
                "a",
                customer={"education": EDUCATION, "points": {"type": "integer", "meaning": "points"}, "note": note},
                product={"supplier": {"meaning": "who makes it"}},
                store={"floor_area": {"type": "decimal", "meaning": "floor area", "unit": "m2"}},
                order={"campaign": {"meaning": "campaign"}},
                order_line={"promotion": {"meaning": "promotion"}},
                return_line={"is_restocked": {"type": "boolean", "meaning": "back on the shelf"}},
            )
        ]
    )
    before, after = gold.tables(), gold.tables(extras)
    assert [table.name for table in after] == [table.name for table in before]
    more = {a.name: a.columns[len(b.columns) :] for a, b in zip(after, before, strict=True) if a != b}
    assert more == {
        "gold.dim_customer": (
            Text("education", "highest education", required=True),
            Column("points", "bigint", "points"),
        ),
        "gold.dim_product": (Text("supplier", "who makes it", required=True),),
        "gold.dim_store": (Column("floor_area", "decimal(18,4)", "floor area", unit="m2"),),
        "gold.fact_sales": (Text("promotion", "promotion"), Text("campaign", "campaign")),
        "gold.fact_returns": (Column("is_restocked", "boolean", "back on the shelf"),),
    }
    (customer,) = (table for table in silver.entities(extras) if table.base == "customer")
    assert customer.column_names[-3:] == ("education", "note", "points")
    assert silver.entities() == silver.ENTITIES
    assert len(gold.contracts()) == len(silver.ENTITIES) + len(before)


@pytest.mark.parametrize(
    ("extend", "what"),
    [
        ("costumer:\n    education: {meaning: x}", "there is no canonical entity «costumer»"),
        ("dim_customer:\n    education: {meaning: x}", "there is no canonical entity «dim_customer»"),
        ("customer:\n    city: {meaning: x}", "silver.customer has a column «city» already"),
        ("customer:\n    brand: {meaning: x}", "silver.product has a column «brand» already"),
        ("customer:\n    valid_from: {meaning: x}", "gold.dim_customer has a column «valid_from» already"),
        ("order:\n    order_count: {meaning: x}", "gold.mart_customer_day has a column «order_count» already"),
        ("order:\n    _origin: {meaning: x}", "should match pattern"),
        ("order:\n    desc: {meaning: x}", "«desc» is a word of SQL itself"),
        ("order:\n    campaign: {}", "«meaning» is missing"),
        ("order:\n    campaign: {meaning: x, type: text}", "input should be 'string'"),
        ("order:\n    campaign: {meaning: x}", "order has no column «education» to map"),
    ],
)
def test_mistake(tmp_path: Path, extend: str, what: str) -> None:
    shutil.copytree(CORNER_SHOP / "sources", tmp_path / "sources")
    path = tmp_path / "sources" / "corner_shop" / "source.yml"
    text = path.read_text("utf-8").replace("channel: channel", "channel: channel\n      education: status")
    path.write_text(text.replace("\nparse:", f"\nextend:\n  {extend}\n\nparse:"), "utf-8")
    with pytest.raises(DeclarationError, match=what) as caught:
        load_source(path, gold.contracts())
    lines = [int(place.partition(":")[0]) for place in str(caught.value).split(f"{path}:")[1:]]
    shown = [path.read_text("utf-8").splitlines()[number - 1] for number in lines]
    assert any(word.rstrip(":") in shown[0] for word in (extend.split()[0], extend.split()[1], "education"))


def test_what_is_declared_may_be_mapped(tmp_path: Path) -> None:
    shutil.copytree(CORNER_SHOP / "sources", tmp_path / "sources")
    path = tmp_path / "sources" / "corner_shop" / "source.yml"
    text = path.read_text("utf-8").replace("channel: channel", "channel: channel\n      campaign: status")
    path.write_text(text + "\nextend:\n  order:\n    campaign: {meaning: what brought the customer}\n", "utf-8")
    assert load_source(path, gold.contracts()).extend["order"]["campaign"].type == "string"
