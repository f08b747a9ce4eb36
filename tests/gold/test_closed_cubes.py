"""No cell of 1 to 10 people can be derived from the closed cubes: exact bounds over random shops."""

from __future__ import annotations

import pytest

from shoplake.gold.marts.closed_cubes import FEWEST, OTHER, shown
from tests.gold import cube_shops
from tests.gold.cube_shops import Attack

SHOPS = range(40)
NEAR = 1e-6


@pytest.mark.parametrize("seed", SHOPS)
def test_what_is_told_has_enough_people(seed: int) -> None:
    lines = cube_shops.shop(seed, changing=0.1)
    cubes = cube_shops.published(lines, shown(cube_shops.counted(lines)))
    few = {cell for cell, (people, _) in cubes.items() if people < FEWEST}
    # A month that has too few people in all is blank, and tells nothing apart
    assert {(cell[1], cell[2]) for cell in few} <= {(OTHER, None), (None, OTHER), (OTHER, OTHER)}


@pytest.mark.parametrize("seed", SHOPS)
def test_of_small_cells_nobody_can_tell_that_there_is_anybody(seed: int) -> None:
    """The least that follows is nothing, in people and in sales: what is of 1 to 10 people can't be told from none."""
    lines = cube_shops.shop(seed)
    way = shown(cube_shops.counted(lines))
    cubes = cube_shops.published(lines, way)
    small = {cell: people for cell, people in cube_shops.fine(lines).items() if people < FEWEST}
    for of_people in (True, False):
        attack = Attack(lines, cubes, way, of_people=of_people)
        for cell in small:
            least, most = attack.bounds(cell)
            assert least < NEAR, (cell, small[cell], least, most)
            assert most > NEAR
