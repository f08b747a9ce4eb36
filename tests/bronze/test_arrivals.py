"""Which loads count, where some are held or were: by what lies in the raw folder, and by what is known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shoplake import gold
from shoplake.bronze.arrivals import Arrivals, look_at
from shoplake.bronze.load import Load
from shoplake.bronze.seen import Seen
from shoplake.runs.account import Account
from shoplake.runs.manifest import Held, Manifest
from shoplake.sources.catalog import load_sources
from tests.conftest import Shop

NOW = datetime(2024, 3, 7, tzinfo=UTC)
FEED = ("corner_shop", "lines")
FILE = "corner_shop/lines_2.csv"
Versions = tuple[Load, Load, Load]


def look(shop: Shop, loads: tuple[Load, ...] = (), held: tuple[Held, ...] = (), days: int = 9) -> Arrivals:
    sources = load_sources(shop.project.folder, gold.contracts())
    known = tuple(load.to_json() for load in loads)
    day, account = date(2024, 3, 7), Account().to_json()
    previous = Manifest(1, "r", NOW.isoformat(), day, day, {}, known, account, held)
    now = NOW + timedelta(days=days)
    return look_at(shop.project.raw, [sources["corner_shop"]], previous, Seen(shop.project.seen), now)


def of_name(arrivals: Arrivals) -> list[Load]:
    return [load for load in arrivals.loads[FEED] if load.file == FILE]


def holding(load: Load, *, released: bool = False) -> Held:
    return Held(load.to_json(), "bronze.corner_shop__lines", 7, released)


@pytest.fixture
def versions(corner_shop: Shop) -> Versions:
    """Three deliveries under one name; the last of them lies there."""
    found = []
    for number in range(3):
        corner_shop.put("lines_2.csv", f"order,line,sku,quantity,price,discount\nO9,2,P1,{number},5.00,0\n")
        found += of_name(look(corner_shop, days=number))
    return found[0], found[1], found[2]


def adds(shop: Shop) -> None:
    shop.declare(lambda text: text.replace("map:\n", "  lines: {changed_file: adds}\n\nmap:\n", 1))


def test_a_held_file_is_as_if_it_were_not_there(corner_shop: Shop, versions: Versions) -> None:
    one, two, three = versions
    found = look(corner_shop, (one,), (holding(two), holding(three)))
    assert of_name(found) == [replace(one, has_gone=True)]
    assert [each.load_id for each in found.held] == [two.load_id, three.load_id]
    assert found.notes == [f"held since a rollback: {FILE}, {FILE}; `shoplake release` lets them in"]


@pytest.mark.parametrize("lies_there", [True, False])
def test_released_loads_of_one_name_replace_each_other_as_they_did(
    corner_shop: Shop, versions: Versions, lies_there: bool
) -> None:
    one, two, three = versions
    if not lies_there:
        corner_shop.raw("lines_2.csv").unlink()
    found = look(corner_shop, (one,), (holding(two, released=True), holding(three, released=True)))
    assert of_name(found) == [replace(three, has_gone=not lies_there)]
    assert [each.load_id for each in found.held] == [three.load_id]  # until it has landed


def test_released_loads_of_one_name_add_to_each_other_where_declared(corner_shop: Shop, versions: Versions) -> None:
    adds(corner_shop)
    corner_shop.raw("lines_2.csv").unlink()
    found = look(corner_shop, versions[:1], tuple(holding(load, released=True) for load in versions[1:]))
    assert of_name(found) == [replace(load, has_gone=True) for load in versions]


def test_what_came_since_wins_over_what_is_released(corner_shop: Shop, versions: Versions) -> None:
    one, _, three = versions
    corner_shop.raw("lines_2.csv").unlink()
    found = look(corner_shop, (replace(three, has_gone=True),), (holding(one, released=True),))
    assert of_name(found) == [replace(three, has_gone=True)]
    assert found.held == ()


def test_a_corrected_file_takes_the_place_of_the_held_one(corner_shop: Shop, versions: Versions) -> None:
    one, two, three = versions
    found = look(corner_shop, (one,), (holding(two),))
    assert [load.load_id for load in of_name(found)] == [three.load_id]
    assert found.held == ()
    assert f"{FILE} was held; what came since under its name takes its place" in found.notes
    adds(corner_shop)
    assert look(corner_shop, (one,), (holding(two),)).held == (holding(two),)
