"""No cell of 1 to 10 people can be derived from the closed cubes: exact bounds over random shops."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shoplake.config import find_project
from shoplake.errors import DeclarationError
from shoplake.gold.marts import customer_department, shared_demographics
from shoplake.gold.marts.attributes import ATTRIBUTES, FEWEST, OTHER
from shoplake.gold.marts.closed_cubes import Quarter, Shown, shown
from shoplake.lake import Engine
from tests.gold import cube_shops
from tests.gold.cube_shops import PAIRED, PEOPLE, PLACES, Attack, Kind
from tests.gold.frames import frame

SHOPS = [seed if seed < 10 else pytest.param(seed, marks=pytest.mark.long) for seed in range(40)]
NEAR = 1e-6
KINDS = [
    pytest.param(PEOPLE, id="gender and age"),
    pytest.param(PLACES, id="regions in countries"),
    pytest.param(PAIRED, id="regions by country"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SHOPS)
def test_what_is_told_has_enough_people(seed: int, kind: Kind) -> None:
    lines = cube_shops.shop(seed, changing=0.1, kind=kind)
    cubes = cube_shops.published(lines, shown(cube_shops.counted(lines, kind)), kind)
    few = {cell for cell, (people, _) in cubes.items() if people < FEWEST}
    # A month that has too few people in all is blank, and tells nothing apart
    assert {(cell[1], cell[2]) for cell in few} <= {(OTHER, None), (None, OTHER), (OTHER, OTHER)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SHOPS)
def test_of_small_cells_nobody_can_tell_that_there_is_anybody(seed: int, kind: Kind) -> None:
    """The least that follows is nothing, in people and in sales: what is of 1 to 10 people can't be told from none."""
    lines = cube_shops.shop(seed, kind=kind)
    way = shown(cube_shops.counted(lines, kind))
    cubes = cube_shops.published(lines, way, kind)
    small = {cell: people for cell, people in cube_shops.fine(lines, kind).items() if people < FEWEST}
    for of_people in (True, False):
        attack = Attack(lines, cubes, way, of_people=of_people, kind=kind)
        for cell in small:
            least, most = attack.bounds(cell)
            assert least < NEAR, (cell, small[cell], least, most)
            assert most > NEAR


def test_to_blot_out_small_cells_alone_would_not_do() -> None:
    """The same attack on fine cubes that only lack their small cells finds some of them, to the person."""
    found = 0
    for seed in SHOPS[:10]:
        lines = cube_shops.shop(seed)
        values = {"gender": frozenset(x.one for x in lines), "age_band": frozenset(x.other for x in lines)}
        everything = Shown(values, len(cube_shops.ordered(lines)))
        cubes = cube_shops.published(lines, everything)
        few = {cell: told[0] for cell, told in cubes.items() if told[0] < FEWEST}
        attack = Attack(lines, {c: told for c, told in cubes.items() if c not in few}, everything, of_people=True)
        bounds = {cell: attack.bounds(cell) for cell in few}
        assert all(least - NEAR <= few[cell] <= most + NEAR for cell, (least, most) in bounds.items())
        found += sum(most - least < NEAR for least, most in bounds.values())
    assert found > 10


def test_as_much_is_told_as_there_are_people_for() -> None:
    """Two values and three departments with room enough are all told apart."""
    lines = [
        cube_shops.Line(f"2024-0{month}", f"D{place}", person, gender, age, 100)
        for month, place in product((1, 2, 3), range(3))
        for person, (gender, age) in enumerate([*product("FM", ["18-24", "25-34"])] * 30)
    ]
    way = shown(cube_shops.counted(lines))
    assert way == Shown({"gender": frozenset("FM"), "age_band": frozenset({"18-24", "25-34"})}, 3)


def test_a_rare_value_is_told_with_the_next_one() -> None:
    """Of 40, 30, 20 and 5 people the last are told with those before them, though 20 would be enough."""
    ages = ["18-24"] * 40 + ["25-34"] * 30 + ["35-44"] * 20 + ["65+"] * 5
    lines = [
        cube_shops.Line(f"2024-0{month}", "D", person, "F", age, 100)
        for month in (1, 2, 3)
        for person, age in enumerate(ages)
    ]
    way = shown(cube_shops.counted(lines))
    assert way.values["age_band"] == {"18-24", "25-34"}


def test_what_regions_leave_of_their_country_is_no_small_group() -> None:
    """Nordmark (25) isn't told beside its country, which has 5 people more; Ilva (30) is, which leaves Tarn 12."""
    regions = {("DE", "Nordmark"): 25, ("DE", "Altland"): 5, ("US", "Ilva"): 30, ("US", "Tarn"): 12}
    people = [place for place, size in regions.items() for _ in range(size)]
    lines = [
        cube_shops.Line(f"2024-0{month}", "D", person, *place, 100)
        for month in (1, 2, 3)
        for person, place in enumerate(people)
    ]
    way = shown(cube_shops.counted(lines, PLACES))
    assert way.values == {"country": {"DE", "US"}, "region": {"US\x1fIlva", "US\x1fTarn"}}


def test_a_name_in_two_places_is_told_of_both_or_of_none() -> None:
    """Limburg in the Netherlands is large enough, that in Belgium isn't: half of it is no Limburg."""
    for belgian, told in ((40, {"BE\x1fLimburg", "NL\x1fLimburg"}), (5, set())):
        regions = {("NL", "Limburg"): 40, ("NL", "Zeeland"): 12, ("BE", "Limburg"): belgian, ("BE", "Namur"): 15}
        people = [place for place, size in regions.items() for _ in range(size)]
        lines = [cube_shops.Line("2024-01", "D", person, *place, 100) for person, place in enumerate(people)]
        way = shown(cube_shops.counted(lines, PLACES))
        assert {value for value in way.values["region"] if "Limburg" in value} == told


def test_the_order_of_the_pairs_decides_nothing() -> None:
    """Engines give them in any order."""
    found = cube_shops.counted(cube_shops.shop(6))
    people, steady = found.pairs["gender", "age_band"]
    attributes = {**found.attributes, "income_band": found.attributes["gender"]}
    pairs = {("gender", "age_band"): (people, steady), ("age_band", "income_band"): (people.T, steady.T)}
    ways = [shown(Quarter(found.everybody, attributes, dict(each))) for each in (pairs.items(), [*pairs.items()][::-1])]
    assert ways[0] == ways[1]


def built(engine: Engine, lines: list[cube_shops.Line], as_of: str, kind: Kind = PEOPLE) -> list[Any]:
    """The cubes of two attributes, by department and where they are a pair by each other."""
    versions = {who: at for at, who in enumerate(sorted({(line.customer, line.one, line.other) for line in lines}))}
    bought = [
        {
            **{"order_month": line.month, "customer_key": line.customer},
            "customer_version_key": versions[line.customer, line.one, line.other],
            **{"age_band": line.other, "department": line.department, "line_count": 1},
            **{"unconverted_line_count": 0, "reporting_sales_amount": Decimal(line.sales)},
        }
        for line in lines
    ]
    people = [
        {
            **dict.fromkeys(ATTRIBUTES, "Unknown"),
            "customer_version_key": at,
            **dict(zip(kind.names, who[1:], strict=True)),
        }
        for who, at in versions.items()
    ]
    table = shared_demographics.TABLE
    frames = frame(engine, customer_department.TABLE, bought), frame(engine, table.reads[1], people)
    pairs = (kind.names,) if kind.is_pair else ()
    return table.build(
        table, *frames, as_of=date.fromisoformat(as_of), cube_attributes=kind.names, cube_pairs=pairs
    ).collect()  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [{}, {"D0": OTHER, "A1": OTHER}], ids=["names", "what the shop itself calls Other"])
@pytest.mark.parametrize("seed", [4, 5, 12, 15, 19, 30])
def test_the_mart_is_what_was_decided(engine: Engine, seed: int, names: dict[str, str], kind: Kind) -> None:
    """Row for row against the same worked out person by person, with people who change within the quarter."""
    lines = cube_shops.renamed(cube_shops.shop(seed, changing=0.1, kind=kind), names)
    wanted = cube_shops.published(lines, shown(cube_shops.counted(lines, kind)), kind)
    found = {}
    for row in built(engine, lines, "2024-04-01", kind):
        values = {row["attribute"]: row["attribute_value"], row["second_attribute"]: row["second_value"]}
        is_month = row["second_attribute"] == "all"
        assert row["period"] in {"2024-01", "2024-02", "2024-03", "2024-Q1"}
        cell = (
            row["period"] if is_month else "quarter",
            *(values.get(name) for name in kind.names),
            row["department"] if is_month else None,
        )
        found[cell] = row["buyer_count"], row["reporting_sales_amount"]
        assert row["is_suppressed"] == (row["buyer_count"] is None) == (row["reporting_sales_amount"] is None)
    assert found == {cell: told if told[0] >= FEWEST else (None, None) for cell, told in wanted.items()}


def test_only_quarters_that_are_over_are_told(engine: Engine) -> None:
    """After each month of a running quarter other values might be told apart, and together they would tell more."""
    lines = cube_shops.shop(15)
    assert {row["period"][:4] for row in built(engine, lines, "2024-04-01")} == {"2024"}
    assert built(engine, lines, "2024-03-31") == []


@pytest.mark.parametrize(
    "pairs",
    [
        '[["gender", "gender"]]',
        '[["gender", "region"], ["region", "gender"]]',
        '[["gender", "shoe_size"]]',
        '[["gender"]]',
    ],
)
def test_pairs_that_are_none(tmp_path: Path, pairs: str) -> None:
    (tmp_path / "shoplake.toml").write_text(f"[business]\ncube_pairs = {pairs}\n", "utf-8")
    with pytest.raises(DeclarationError, match="cube_pairs"):
        find_project(tmp_path)
