"""Rows that are none of their feed: counted by name, and judged by nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pyspark.errors import PySparkException

from shoplake.errors import DeclarationError, QualityError
from shoplake.lake import Engine
from shoplake.runs.account import Account
from shoplake.silver.filters import check_filters
from shoplake.silver.parse import parse
from shoplake.sources.declaration import Change, Feed, FeedColumn, Mapping, Source
from tests.conftest import Shop

BRONZE = (
    "id string, price string, v string, _reason string, _load_id string, _file string, _row_number bigint, "
    "_item_number bigint"
)


def parsed(engine: Engine, rows: list[tuple[Any, ...]], filters: dict[str, str]) -> list[tuple[Any, Any]]:
    """(fate, reasons) of each row of (id, price, v, why it couldn't be split)."""
    source = Source(
        source="s",
        title="s",
        time_zone="UTC",
        currency="USD",
        parse={"f": Feed(files="f", columns={"id": None, "price": FeedColumn(type="decimal"), "v": None})},
        change={"f": Change(delivery="upsert", keys=("id",), filters=filters)},
        map={"store": Mapping(feed="f", select={"store_id": "id"})},
    )
    bronze = engine.createDataFrame([(*row, "L", "f", number, 0) for number, row in enumerate(rows)], BRONZE)
    found = parse(bronze, source, "f", {"L": "2024-01-01T00:00:00+00:00"}).orderBy("_row_number").collect()
    return [(row["_fate"], row["_reasons"]) for row in found]


def test_a_filter_judges_what_was_read(engine: Engine) -> None:
    rows = [
        ("1", "5", "x", None),
        ("2", None, "x", None),
        (None, None, "x", None),  # without a key
        ("4", "five", "x", None),  # not read, so the filter can't know
        (None, None, None, "ragged_row"),
        ("6", "0", "image", None),  # both hold: the first counts
    ]
    assert parsed(engine, rows, {"unpriced": "coalesce(price, 0) = 0", "image": "v = 'image'"}) == [
        (None, None),
        ("filtered:unpriced", None),
        ("filtered:unpriced", None),
        (None, ["not_a_number:price"]),
        (None, ["ragged_row"]),
        ("filtered:unpriced", None),
    ]
    # What a filter doesn't ask for doesn't matter; a filter that is null doesn't hold.
    assert parsed(engine, [("1", "five", "image", None), ("2", "1", None, None)], {"image": "v = 'image'"}) == [
        ("filtered:image", None),
        (None, None),
    ]


@pytest.mark.parametrize(("sql", "what"), [("v", "it is not true or false"), ("nosuchfunction(v)", "nosuchfunction")])
def test_a_filter_that_cannot_work_is_named(engine: Engine, sql: str, what: str) -> None:
    with pytest.raises(DeclarationError, match=f"s/source.yml: change: f: filters: odd: .*{what}"):
        parsed(engine, [], {"odd": sql})


def test_the_account_counts_filtered_rows_and_their_money(corner_shop: Shop) -> None:
    corner_shop.declare(
        lambda text: text.replace("map:\n", "  lines: {delivery: append, filters: {cheap: price < 5}}\nmap:\n", 1)
    )
    record = corner_shop.run()
    entries = Account.from_json(record.account).subjects()["bronze.corner_shop__lines -> staging.corner_shop__lines"]
    assert {entry.fate: (entry.rows, entry.amount) for entry in entries} == {
        "read": (16, Decimal("70.90")),
        # eight at 4.00 (one has quantity «one», for which the filter doesn't ask), 4.90 and 1.00
        "filtered:cheap": (10, Decimal("37.90")),
        "loaded": (4, Decimal("33.00")),  # 9.00 + 10.00 + 5.00 + 9.00
        "quarantined": (1, Decimal(0)),
        "blank": (1, Decimal(0)),
    }
    assert corner_shop.one("select sum(gross_amount) from fact_sales") == Decimal("934.00")  # 9 + 20 + 5 + 900


def test_what_is_none_of_the_feed_isnt_among_the_rows_that_may_be_refused(corner_shop: Shop) -> None:
    corner_shop.declare(
        lambda text: text.replace("keys: [number]}", "keys: [number], filters: {others: number <> 'O7'}}")
    )
    with pytest.raises(QualityError, match="1 of 1 rows are refused"):
        corner_shop.run()


def test_a_store_that_refuses_is_no_mistake_in_an_expression() -> None:
    """The engine looks into the log of what it reads while it looks at the expression."""

    class Rows:
        def select(self, *_: object) -> None:
            raise PySparkException("Generic MicrosoftAzure error: 403 Forbidden")

    with pytest.raises(PySparkException, match="403"):
        check_filters(Rows(), {"void": "is_void"}, "source.yml")  # type: ignore[arg-type]
