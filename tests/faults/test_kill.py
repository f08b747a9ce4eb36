"""Killed anywhere, a run loses nothing, doubles nothing and publishes no half."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shoplake import pipeline
from shoplake.runs.ledger import Ledger
from tests.conftest import Shop
from tests.faults.boundaries import kind
from tests.faults.conftest import DELIVERIES, Copy, Twin, recovers

if sys.platform != "linux":
    pytest.skip("a process with an engine in it can be forked so on Linux", allow_module_level=True)

from tests.faults.child import Reader, killed_after, killed_at

pytestmark = pytest.mark.long

CHAINS = 3  # per delivery


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rounds = metafunc.config.getoption("--faults")
    if "chain" in metafunc.fixturenames:
        chains = range(CHAINS if rounds > 1 else 1)
        each = [(r, d, c) for r in range(rounds) for d in range(len(DELIVERIES)) for c in chains]
        metafunc.parametrize(("turn", "delivery", "chain"), each)
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(60 * rounds if rounds > 1 else 3))


def kills(twin: Twin, turn: int) -> dict[int, list[tuple[int, str, int]]]:
    """Each kind of boundary once, in one of the deliveries that cross it: (place, boundary, occurrence) by delivery."""
    chosen: dict[int, list[tuple[int, str, int]]] = {delivery: [] for delivery in range(len(twin.steps))}
    dice = random.Random(turn)
    kinds = sorted({kind(boundary) for step in twin.steps for boundary in step.crossed})
    for number, wanted in enumerate(kinds):
        crossing = [d for d, step in enumerate(twin.steps) if any(kind(b) == wanted for b in step.crossed)]
        delivery = crossing[(number + turn) % len(crossing)]
        crossed = twin.steps[delivery].crossed
        place = dice.choice([at for at, boundary in enumerate(crossed) if kind(boundary) == wanted])
        chosen[delivery].append((place, crossed[place], crossed[: place + 1].count(crossed[place])))
    return {delivery: sorted(each) for delivery, each in chosen.items()}


def test_there_are_enough_boundaries(twin: Twin) -> None:
    number = sum(map(len, kills(twin, 0).values()))
    print(f"{number} kinds of boundaries, at {sum(len(step.crossed) for step in twin.steps)} places")
    assert number >= 40


def test_killed_at_boundaries(twin: Twin, copy: Copy, turn: int, delivery: int, chain: int) -> None:
    """Each run of a chain clears up after the one before it, and is killed a little later; the last one ends."""
    step = twin.steps[delivery]
    shop = copy(step)
    with watched(shop, twin):
        for _, boundary, occurrence in kills(twin, turn)[delivery][chain::CHAINS]:
            print(boundary, occurrence)
            killed_at(shop.project.folder, boundary, occurrence)
        recovers(shop, step)


def test_killed_in_a_step_of_an_open_run(twin: Twin, copy: Copy) -> None:
    """It goes on from where the step before ended, each time; what it leaves is as if nothing had happened."""
    step = twin.steps[2]
    shop = copy(step)
    places = ["drop scratch", "commit staging.corner_shop__lines", "commit silver.order_line", "commit gold.fact_sales"]
    places += ["flush gold.mart_customer", "write the manifest"]
    with watched(shop, twin):
        begun = shop.run(until="bronze")
        for place in places:
            killed_at(shop.project.folder, f"after {place}", 1, goes_on=True)
            assert Ledger(shop.project.ledger).last(1)[0].outcome == "running"
        recovers(shop, step, lambda shop: pipeline.proceed(shop.project, run_id=begun.run_id, engine=shop.engine))


def test_killed_at_any_moment(twin: Twin, copy: Copy, seed: int) -> None:
    dice = random.Random(seed)
    step = twin.steps[seed % len(twin.steps)]
    shop = copy(step)
    with watched(shop, twin):
        was_killed = killed_after(shop.project.folder, dice.uniform(0.2, 3.2))
        print("killed" if was_killed else "it was quicker")
        recovers(shop, step)


@contextmanager
def watched(shop: Shop, twin: Twin) -> Iterator[None]:
    """A reader looks all the while, and never sees what no run published."""
    reader = Reader(shop.project.folder, twin.published)
    try:
        yield
    finally:
        looks, wrong = reader.stop()
    assert looks
    assert wrong == []
