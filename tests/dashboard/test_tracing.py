"""The commands that trace a tile's figures: their rows add up to these."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from shoplake import gold
from shoplake.dashboard.open import Ready
from shoplake.dashboard.state import State, read_state
from shoplake.dashboard.store import Store
from shoplake.dashboard.tracing import traces_of
from shoplake.explain.trace import trace
from shoplake.sources.catalog import load_sources
from tests.conftest import Shop

AMOUNTS = {"fact_sales": "sales_amount", "fact_returns": "return_amount - return_tax_amount"}


@pytest.fixture(scope="module")
def state(store: Store) -> State:
    return read_state([], store.published.days, "analyst")


@pytest.mark.parametrize("names", [(), ("channel",), ("department", "gender"), ("store",), ("age_band", "department")])
def test_the_rows_of_a_trace_are_those_of_the_figure(
    hand_shop: Shop, ready: Ready, store: Store, state: State, names: tuple[str, ...]
) -> None:
    tile = next(tile for tile in ready.pages["overview"].tiles if tile.name == "net_sales")
    whole = [tile.metrics, (), state.period]
    for at in range(2):
        chosen = {name: store.published.values[name][at : at + 1] for name in names}
        total = 0
        commands = [shlex.split(each) for each in traces_of(tile, replace(state, chosen=chosen), ready.catalog)]
        assert [words[:3] for words in commands] == [["shoplake", "trace", fact] for fact in AMOUNTS]
        for _, _, fact, _, where, *_ in commands:
            found = hand_shop.one(
                f"""SELECT coalesce(sum(({AMOUNTS[fact]}) * rate), 0) FROM (SELECT * FROM {fact} WHERE {where})
                JOIN fact_exchange_rate USING (currency, rate_date)"""
            )
            total += found if fact == "fact_sales" else -found
        assert total == (store.ask(*whole, chosen)[0][0] or 0)  # type: ignore[arg-type]


def test_the_command_runs(hand_shop: Shop, ready: Ready, store: Store, state: State) -> None:
    """As it stands, through the engine to the raw lines."""
    tile = next(tile for tile in ready.pages["overview"].tiles if tile.name == "orders")
    chosen = {"department": store.published.values["department"][:1]}
    (words,) = [shlex.split(each) for each in traces_of(tile, replace(state, chosen=chosen), ready.catalog)]
    shop = hand_shop
    sources = load_sources(shop.project.folder, gold.contracts())
    found = trace(shop.lake, shop.manifest, sources, shop.project.warehouse, words[2], words[4], int(words[-1]))
    assert found.total >= len(found.gold.rows) > 0
    assert found.raw
