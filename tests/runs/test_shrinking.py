"""The reference date goes back when the last day goes: what was counted before it is counted no longer."""

from __future__ import annotations

import pytest

from tests.conftest import Shop


@pytest.mark.long
def test_the_last_order_moves_to_an_earlier_day(own_shop: Shop) -> None:
    name = own_shop.raw("orders.csv")
    name.write_text(name.read_text("utf-8").replace("O9,C1,S1,2024-03-04", "O9,C1,S1,2024-03-02"), "utf-8")
    name = own_shop.raw("returns.csv")
    name.write_text(name.read_text("utf-8").replace("5.3.2024", "2.3.2024").replace("6.3.2024", "3.3.2024"), "utf-8")
    record = own_shop.run()
    assert record.as_of == "2024-03-04"
    before = {table: own_shop.rows(table) for table in own_shop.manifest.tables if table.startswith("gold.")}
    own_shop.run(full=True)
    assert {table: own_shop.rows(table) for table in before} == before
