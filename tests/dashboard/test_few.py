"""Figures of fewer than 11 people are marked, and no others."""

from __future__ import annotations

from shoplake.dashboard.answer import figures_of
from shoplake.dashboard.open import Ready
from shoplake.dashboard.state import read_state
from shoplake.dashboard.store import Store
from tests.conftest import Shop


def test_figures_are_marked_by_their_people(small_shop: Shop, small_ready: Ready, small_store: Store) -> None:
    days, seen = small_store.published.days, set[bool]()
    for band in small_store.published.values["age_band"]:
        for gender in small_store.published.values["gender"]:
            chosen = [("age_band", band), ("gender", gender), ("period", "all")]
            found = figures_of(small_ready.pages["overview"], read_state(chosen, days, "analyst"), small_store)
            people = small_shop.one(
                f"""SELECT count(DISTINCT customer_key) FROM fact_sales f JOIN dim_customer c USING (customer_key)
                WHERE c.customer_version_key = f.customer_version_key AND counts_as = 'sale' AND customer_key <> -1
                AND is_guest IS DISTINCT FROM true AND order_date BETWEEN DATE '{days.first}' AND DATE '{days.last}'
                AND coalesce(f.age_band, 'Unknown') = '{band}' AND coalesce(gender, 'Unknown') = '{gender}'"""
            )
            is_few = 0 < people < 11
            assert {bool(shown.few) for shown in found.values() if shown.rows} == {is_few}, (band, gender, people)
            seen.add(is_few)
    assert seen == {True, False}
