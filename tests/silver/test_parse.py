"""What a text becomes, by its declared type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from shoplake.lake import Engine
from shoplake.silver.parse import parse
from shoplake.sources.declaration import Feed, FeedColumn, Mapping, Source

NUMBER, DATE = "not_a_number:v", "not_a_date:v"
LARGE = "number_too_large_or_precise:v"


def parsed(engine: Engine, column: FeedColumn, texts: list[str]) -> list[tuple[Any, Any]]:
    source = Source(
        source="s",
        title="s",
        time_zone="America/New_York",
        currency="USD",
        parse={"f": Feed(files="f", nulls=("NA",), columns={"v": column})},
        map={"store": Mapping(feed="f", select={"store_id": "v"})},
    )
    bronze = engine.createDataFrame(
        [(text, None, "L", "f", number) for number, text in enumerate(texts)],
        "v string, _reason string, _load_id string, _file string, _row_number bigint",
    )
    rows = parse(bronze, source, "f", {"L": "2024-01-01T00:00:00+00:00"}).orderBy("_row_number").collect()
    return [(row["v"], row["_reasons"][0] if row["_reasons"] else None) for row in rows]


@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        ("string", {" x ": "x", "": None, "NA": None, "  ": None, "NULL": "NULL"}),
        ("integer", {"7": 7, " -7 ": -7, "+7": 7, "007": 7, "": None, "7.0": NUMBER, "1e3": NUMBER, "x": NUMBER,
                     "999999999999999999": 999999999999999999, "9" * 19: LARGE, "NA": None}),
        ("decimal", {"7": Decimal(7), "-7.5": Decimal("-7.5"), ".5": Decimal("0.5"), "5.": Decimal(5),
                     "1.23450000": Decimal("1.2345"), "1.23456": LARGE, "9" * 14: Decimal("9" * 14), "9" * 15: LARGE,
                     "1,5": NUMBER, "$5": NUMBER, "NaN": NUMBER, "1e-3": NUMBER, "--5": NUMBER, "0.0000": Decimal(0)}),
        ("boolean", {"true": True, "Y": True, "0": False, "No": False, "maybe": "not_a_boolean:v", "": None}),
        ("date", {"2024-02-29": date(2024, 2, 29), "2023-02-29": DATE, "29.02.2024": DATE, "2024-02-29 x": DATE}),
        ("timestamp", {"2024-07-01 12:00:00": datetime(2024, 7, 1, 16), "2024-01-01 12:00:00": datetime(2024, 1, 1, 17),
                       "2024-13-01 00:00:00": DATE, "2024-07-01": DATE}),
    ],
)  # fmt: skip
def test_values(engine: Engine, kind: Any, cases: dict[str, Any]) -> None:
    found = parsed(engine, FeedColumn(type=kind), list(cases))
    wanted = [(None, v) if isinstance(v, str) and ":" in v else (v, None) for v in cases.values()]
    assert found == wanted


def test_declared_formats_and_zones(engine: Engine) -> None:
    assert parsed(engine, FeedColumn(type="date", format="M/d/yyyy"), ["2/9/2024", "13/1/2024"]) == [
        (date(2024, 2, 9), None),
        (None, DATE),
    ]
    utc = FeedColumn(type="timestamp", format="dd.MM.yyyy HH:mm", zone="UTC")
    assert parsed(engine, utc, ["01.07.2024 12:00"]) == [(datetime(2024, 7, 1, 12), None)]


def test_daylight_saving_gap_and_overlap_have_one_answer(engine: Engine) -> None:
    """2:30 on 10 March 2024 does not exist in New York and becomes 3:30; 1:30 on 3 November is the first of two."""
    found = parsed(engine, FeedColumn(type="timestamp"), ["2024-03-10 02:30:00", "2024-11-03 01:30:00"])
    assert found == [(datetime(2024, 3, 10, 7, 30), None), (datetime(2024, 11, 3, 5, 30), None)]
