"""The account is counted on both sides, so what a step loses or doubles shows, and nothing is published."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from pyspark.sql import DataFrame

from shoplake.bronze import land
from shoplake.errors import QualityError
from shoplake.lake import Lake
from shoplake.runs.account import Account
from shoplake.silver import entity, typed
from tests.conftest import Shop


def test_a_map_that_multiplies_rows(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = entity.map_entity

    def twice(*given: Any) -> DataFrame:
        rows = real(*given)
        return rows.unionByName(rows)

    monkeypatch.setattr(entity, "map_entity", twice)
    with pytest.raises(QualityError, match=r"silver.customer: the account doesn't balance: 2 rows read, 4 accounted"):
        corner_shop.run()
    assert not corner_shop.project.warehouse.exists()


@pytest.mark.long
def test_a_parse_that_loses_a_row(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = typed.parse
    monkeypatch.setattr(typed, "parse", lambda *given: real(*given).where("_row_number <> 3"))
    with pytest.raises(QualityError, match="the account doesn't balance: 2 rows read, 1 accounted for"):
        corner_shop.run()


@pytest.mark.long
def test_a_landing_that_loses_a_row(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = land.read_loads
    monkeypatch.setattr(land, "read_loads", lambda *given: real(*given).where("_row_number <> 2"))
    with pytest.raises(QualityError, match="raw -> bronze.corner_shop__customers: the account doesn't balance"):
        corner_shop.run()


@pytest.mark.long
def test_a_silver_write_that_loses_a_row(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Lake.overwrite

    def lossy(self: Lake, table: Any, frame: DataFrame, run_id: str) -> Any:
        return real(self, table, frame.where("order_id <> 'O9'") if table.name == "silver.order" else frame, run_id)

    monkeypatch.setattr(Lake, "overwrite", lossy)
    with pytest.raises(QualityError, match="staging -> silver.order: the account doesn't balance"):
        corner_shop.run()


@pytest.mark.long
def test_the_account_of_what_is_kept_outlives_the_ledger(corner_shop: Shop) -> None:
    first = corner_shop.run()
    shutil.rmtree(corner_shop.project.ledger)
    again = corner_shop.run()
    assert again.outcome == "unchanged"
    entries = [Account.from_json(record.account).entries for record in (first, again)]
    assert sorted(map(str, entries[0])) == sorted(map(str, entries[1]))
