"""Age on the day of the purchase, in bands without a hole."""

from __future__ import annotations

from datetime import date

import pytest

from shoplake.gold.facts.age import band_names, with_age_band
from shoplake.lake import Engine
from tests.conftest import day

BANDS = (18, 25, 65)


@pytest.mark.parametrize(
    ("born", "stated", "on", "band"),
    [
        ("2000-05-17", "Unknown", "2018-05-16", "0-17"),
        ("2000-05-17", "Unknown", "2018-05-17", "18-24"),
        ("2000-05-17", "Unknown", "2025-05-16", "18-24"),
        ("2000-05-17", "65+", "2025-05-17", "25-64"),  # the birth date goes before what is stated
        ("2000-02-29", "Unknown", "2018-02-28", "0-17"),
        ("2000-02-29", "Unknown", "2018-03-01", "18-24"),
        ("1900-01-01", "Unknown", "2025-01-01", "65+"),
        ("2020-01-01", "Unknown", "2019-01-01", "Unknown"),  # bought before being born
        (None, "45-54", "2019-01-01", "45-54"),
        (None, "Unknown", "2019-01-01", "Unknown"),
        ("2000-05-17", "Unknown", None, "Unknown"),
    ],
)
def test_on_the_day(engine: Engine, born: str | None, stated: str, on: str | None, band: str) -> None:
    people = engine.createDataFrame(
        [(7, day(born) if born else None, stated)], "customer_version_key bigint, birth_date date, age_band string"
    )
    orders = engine.createDataFrame([(7, day(on) if on else None)], "customer_version_key bigint, order_date date")
    (row,) = with_age_band(orders, people, "order_date", BANDS).collect()
    assert row["age_band"] == band


def test_nobody_is_unknown(engine: Engine) -> None:
    people = engine.createDataFrame([], "customer_version_key bigint, birth_date date, age_band string")
    orders = engine.createDataFrame([(7, date(2024, 1, 1))], "customer_version_key bigint, order_date date")
    (row,) = with_age_band(orders, people, "order_date", BANDS).collect()
    assert row["age_band"] == "Unknown"


def test_bands_have_no_hole() -> None:
    names = band_names((18, 25, 35))
    assert names == ["0-17", "18-24", "25-34", "35+"]
