"""A clock that jumps back: what comes later still counts as later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shoplake import pipeline
from shoplake.runs.ledger import Ledger
from tests.conftest import Shop

pytestmark = pytest.mark.long

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
MORE = "customer_id,first_name,email,born,gender,city\nC1,Ada,ada@example.org,1980-05-17,F,{}\n"


class Clock(datetime):
    time = NOON

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return cls.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(pipeline, "datetime", Clock)
    return Clock


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1), timedelta(days=400)])
def test_a_later_file_counts_as_later(corner_shop: Shop, clock: type[Clock], back: timedelta) -> None:
    clock.time = NOON
    runs = [corner_shop.run()]
    for number, city in enumerate(("Munich", "Aachen"), 2):
        clock.time = NOON - back
        corner_shop.put(f"customers_{number}.csv", MORE.format(city))
        runs.append(corner_shop.run())
        assert corner_shop.sql("select distinct city from dim_customer where customer_id = 'C1'") == [(city,)]
    assert [run.run_id for run in Ledger(corner_shop.project.ledger).last(3)] == [run.run_id for run in runs[::-1]]
    assert corner_shop.manifest.number == 3
    told = [note for run in runs for note in run.notes if "clock" in note]
    assert len(told) == (2 if back else 0)


def test_without_the_ledger_the_manifest_tells(corner_shop: Shop, clock: type[Clock]) -> None:
    clock.time = NOON
    corner_shop.run()
    for record in corner_shop.project.ledger.iterdir():
        record.unlink()
    clock.time = NOON - timedelta(hours=1)
    corner_shop.put("customers_2.csv", MORE.format("Munich"))
    corner_shop.run()
    assert corner_shop.sql("select distinct city from dim_customer where customer_id = 'C1'") == [("Munich",)]
