"""Flat rows answer as the declared sets do, whatever is asked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlglot import exp

from shoplake.dashboard.figures import figures_of, is_current, make
from shoplake.dashboard.period import Period
from shoplake.dashboard.store import Store
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.dialects import render
from shoplake.metrics.flat import flatten
from shoplake.metrics.question import question
from shoplake.metrics.sql import select
from tests.conftest import Shop
from tests.metrics.small_gold import CATALOG

SALES = CATALOG.sets["sales"]
FLAT = flatten(SALES, "figures.rows.sales")
OF_LINES = {d.name for d in SALES.dimensions if d.group in {"product", "promotion", "return", "payment", "marketing"}}
NAMES = [dimension.name for dimension in SALES.dimensions]


@pytest.fixture(scope="module")
def whole(hand_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Every measure and dimension in flat rows."""
    figures = figures_of(CATALOG.sets, tmp_path_factory.mktemp("figures") / "figures.duckdb")
    make(figures, hand_shop.project.warehouse)
    return Store(hand_shop.project.warehouse, figures, CATALOG)


def asked(catalog: Catalog, chooser: random.Random, store: Store) -> tuple[list[str], list[str], str | None, Period]:
    """Some measures by some dimensions under a filter."""
    metrics = [chooser.choice(SALES.measures).name for _ in range(chooser.randint(1, 3))]
    metrics = [name + chooser.choice(["", "", "", ".share", ".year_ago"]) for name in metrics]
    by = chooser.sample(NAMES, chooser.randint(0, 2))
    name = chooser.choice(sorted(store.published.values))
    value = chooser.choice(store.published.values[name])
    where = chooser.choice([None, f"{name} IN ('{value}')", f"{name} <> '{value}'"])
    days = store.published.days
    first, last = sorted(chooser.choices(range(days.first.toordinal(), days.last.toordinal() + 1), k=2))
    return metrics, by, where, Period(days.first.fromordinal(first), days.first.fromordinal(last))


def over_flat_rows(node: exp.Expr) -> exp.Expr:
    return exp.column(f"by_{node.name}", "source") if isinstance(node, exp.Column) else node


def test_any_question_has_the_same_answer(whole: Store) -> None:
    chooser, told, over_first = random.Random(7), 0, 0
    for _ in range(300):
        metrics, by, where, period = asked(CATALOG, chooser, whole)
        try:
            wanted = question(CATALOG, metrics, by=by, where=where, first=period.first, last=period.last)
            plain = render(select(wanted), "duckdb")
        except QueryError:
            continue
        filtered = {column.name for column in wanted.where.find_all(exp.Column)} if wanted.where else set()
        where = wanted.where.transform(over_flat_rows) if wanted.where else None
        flat = FLAT.question(wanted, where, is_of_lines=bool(filtered & OF_LINES))
        assert whole.rows(render(select(flat), "duckdb")) == whole.rows(plain), (metrics, by, where, period)
        told, over_first = told + 1, over_first + ("is_first" in render(select(flat), "duckdb"))
    assert told > 80
    assert over_first > 20


def test_prepared_selects_know_no_day_and_no_value(whole: Store) -> None:
    days = Period(whole.published.days.first, whole.published.days.last)
    for value in whole.published.values["department"]:
        wanted = question(CATALOG, ["net_sales"], where=f"department = '{value}'", first=days.first, last=days.last)
        assert whole.ask(["net_sales"], [], days, {"department": (value,)}) == whole.rows(
            render(select(wanted), "duckdb")
        )
    assert whole.ask(["orders"], [], days, {"department": ("it's none", "'); drop table x; --")}) == [(0,)]


def test_figures_are_of_a_state_and_of_what_is_declared(hand_shop: Shop, tmp_path: Path) -> None:
    warehouse = hand_shop.project.warehouse
    figures = figures_of(CATALOG.sets, tmp_path / "figures.duckdb")
    assert not is_current(figures, warehouse)
    make(figures, warehouse)
    assert is_current(figures, warehouse)
    fewer = SALES.model_copy(update={"dimensions": SALES.dimensions[:-1]})
    assert not is_current(figures_of({"sales": fewer}, figures.path), warehouse)
    figures.path.write_bytes(b"no database")
    assert not is_current(figures, warehouse)
