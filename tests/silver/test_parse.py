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


def parsed(engine: Engine, column: FeedColumn, texts: list[str], **declared: Any) -> list[tuple[Any, Any]]:
    source = Source(
        source="s",
        title="s",
        time_zone="America/New_York",
        currency="USD",
        **declared,
        parse={"f": Feed(files="f", nulls=("NA",), columns={"v": column})},
        map={"store": Mapping(feed="f", select={"store_id": "v"})},
    )
    bronze = engine.createDataFrame(
        [(text, None, "L", "f", number, 0) for number, text in enumerate(texts)],
        "v string, _reason string, _load_id string, _file string, _row_number bigint, _item_number bigint",
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


@pytest.mark.parametrize(
    ("column", "cases"),
    [
        (FeedColumn(type="decimal", format="1.234,56 €"),
         {"1.234,56": Decimal("1234.56"), "1234,5 €": Decimal("1234.5"), "-0,5": Decimal("-0.5"), "12.34,5": NUMBER,
          "1.234.567": Decimal(1234567), "5 $": NUMBER, "1,234.56": NUMBER, "1,23456": LARGE, "(5)": NUMBER}),
        (FeedColumn(type="decimal", format="($1,234.56)"),
         {"$90,000 ": Decimal(90000), "($1,234.50)": Decimal("-1234.5"), "-$5": Decimal(-5), "$-5": Decimal(-5),
          "1234": Decimal(1234), "€5": NUMBER, "1,00": NUMBER, "($5": NUMBER, ".5": Decimal("0.5")}),
        (FeedColumn(type="decimal", format="1 234,56-"),
         {"1\u202f234,56-": Decimal("-1234.56"), "1\u00a0000": Decimal(1000), "5-": Decimal(-5), "-5": Decimal(-5)}),
        (FeedColumn(type="decimal", format="Rs. 1,234.56"), {"Rs. 1,000.25": Decimal("1000.25"), "Rs 5": NUMBER}),
        (FeedColumn(type="integer", format="1'234"), {"1'234'567": 1234567, "1.5": NUMBER, "+12": 12, "9" * 19: LARGE}),
        (FeedColumn(type="date", format=("d.M.yyyy", "yyyy-MM-dd")),
         {"3.2.2024": date(2024, 2, 3), "2024-02-03": date(2024, 2, 3), "2/3/2024": DATE}),
        (FeedColumn(type="date", format="M/d/yy"),
         {"4/8/66": date(2066, 4, 8), "4/8/70": date(1970, 4, 8), "2/29/00": date(2000, 2, 29), "4/8/1966": DATE}),
        (FeedColumn(type="date", format="M/d/yy", first_year=1925),
         {"4/8/66": date(1966, 4, 8), "4/8/24": date(2024, 4, 8), "4/8/25": date(1925, 4, 8), "2/29/23": DATE}),
        (FeedColumn(type="date"), {"2024-03-01 00:00:00": date(2024, 3, 1), "2024-03-01 10:00:00": DATE}),
        (FeedColumn(type="timestamp", format="dd.MM.yy HH:mm", zone="UTC", first_year=1950),
         {"31.12.49 23:59": datetime(2049, 12, 31, 23, 59), "01.03.68 00:00": datetime(1968, 3, 1)}),
        (FeedColumn(type="timestamp", format="epoch"),
         {"0": datetime(1970, 1, 1), "-86400": datetime(1969, 12, 31), "1709294400": datetime(2024, 3, 1, 12),
          "1.5": DATE}),
        (FeedColumn(type="timestamp", format="epoch_ms"), {"1709294400000": datetime(2024, 3, 1, 12)}),
        # an offset makes it an instant, whatever the zone; without one it is local to New York
        (FeedColumn(type="timestamp"),
         {"2024-03-01T12:00:00Z": datetime(2024, 3, 1, 12), "2024-03-01 12:00:00 -0400": datetime(2024, 3, 1, 16),
          "2024-03-01T12:00:00.250+02:00": datetime(2024, 3, 1, 10, 0, 0, 250000),
          "2024-03-01 12:00": datetime(2024, 3, 1, 17),
          "1069-03-01 12:00": datetime(1069, 3, 1, 16, 56, 2), "2024-02-30 00:00": DATE}),
        # each text by its own pattern
        (FeedColumn(type="timestamp", format=("dd.MM.yy HH:mm", "yyyy-MM-dd'T'HH:mm:ssXXX")),
         {"15.06.24 00:30": datetime(2024, 6, 15, 4, 30), "2024-06-15T00:30:00+02:00": datetime(2024, 6, 14, 22, 30)}),
        (FeedColumn(type="timestamp", format="yyyy-MM-dd HH:mm:ss Z"),
         {"2024-03-01 12:00:00 -0400": datetime(2024, 3, 1, 16), "2024-03-01 12:00:00": DATE}),
    ],
)  # fmt: skip
def test_declared_formats(engine: Engine, column: FeedColumn, cases: dict[str, Any]) -> None:
    found = parsed(engine, column, list(cases))
    wanted = [(None, v) if isinstance(v, str) and ":" in v else (v, None) for v in cases.values()]
    assert found == wanted


def test_local_times_that_the_clock_skips_or_shows_twice_may_be_refused(engine: Engine) -> None:
    times = ["2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-11-03 02:30:00", "2024-11-03 01:30:00-04:00"]
    assert parsed(engine, FeedColumn(type="timestamp"), times, clock_changes="refuse") == [
        (None, "no_such_local_time:v"),
        (None, "local_time_occurs_twice:v"),
        (datetime(2024, 11, 3, 7, 30), None),
        (datetime(2024, 11, 3, 5, 30), None),
    ]
