"""What everybody may see of who buys is sums of closed cubes, whatever they ask."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from shoplake.dashboard.answer import answer
from shoplake.dashboard.cells import Cell, Cubes, cubes_of
from shoplake.dashboard.cubes import FEWER, Told, told
from shoplake.dashboard.declaration import Mart, Page, Tile
from shoplake.dashboard.declaration import Shown as Column
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready
from shoplake.dashboard.period import Period
from shoplake.dashboard.server import app_of
from shoplake.dashboard.sharing import Telling, source_of
from shoplake.dashboard.state import DEMOGRAPHICS, Days, read_state
from shoplake.dashboard.store import Store
from shoplake.dashboard.view import View
from shoplake.errors import QueryError
from tests.conftest import Shop, day
from tests.dashboard.attack import FEWEST, OTHER, Facts, Offer, differences, offers, random_pairs
from tests.dashboard.small_shop import ATTRIBUTES
from tests.metrics.small_gold import CATALOG

TRIES = 1200
NOT_TOLD = {
    "cities",
    "no_pair",
    "three",
    "by_day",
    "orders_by_age",
    "women_share",
    "buyers",
    "youth",
    "people",
    "careless",
}


@pytest.fixture(scope="module")
def facts(small_shop: Shop) -> Facts:
    return Facts(small_shop)


@pytest.fixture(scope="module")
def page(small_ready: Ready) -> Page:
    return small_ready.pages["attack"]


def attacked(page: Page, store: Store, facts: Facts, audience: str, seed: int, tries: int) -> list[Offer]:
    """Every figure of people that random questions were answered with."""
    rng = random.Random(seed)
    filters = {name: facts.values(name) for name in ("department", "channel")}
    if audience == "analyst":
        filters |= {"gender": facts.values("gender"), "age_band": facts.values("age_band")}
    tiles = [tile for tile in page.tiles if tile.form != "figure" and tile.metrics and {*tile.by} & {*DEMOGRAPHICS}]
    found: list[Offer] = []
    for _ in range(tries):
        pairs = random_pairs(rng, facts, filters)
        found += offers(rng.choice(tiles), pairs, store, facts, audience)  # type: ignore[arg-type]
    return found


def test_the_shared_audience_withstands_differencing(page: Page, small_store: Store, facts: Facts) -> None:
    found = attacked(page, small_store, facts, "shared", 1, TRIES)
    assert len(found) > 2000
    assert {offer.tile for offer in found} >= {"pair", "pair_table", "share_gender", *(f"bar_{a}" for a in ATTRIBUTES)}
    assert not {offer.tile for offer in found} & NOT_TOLD
    for offer in found:
        people = facts.people(offer.lines)
        assert people == 0 or people >= FEWEST or offer.value == FEWER, offer
    tried = 0
    for one, two, rest in differences(found, random.Random(2), 100_000):
        people = facts.people(rest)
        assert people == 0 or people >= FEWEST, (one, two, people)
        tried += 1
    assert tried > 1000


def test_the_same_attack_finds_people_where_filters_are_free(page: Page, small_store: Store, facts: Facts) -> None:
    found = attacked(page, small_store, facts, "analyst", 1, 100)
    assert sum(0 < facts.people(offer.lines) < FEWEST for offer in found) > 100
    rests = (facts.people(rest) for *_, rest in differences(found, random.Random(2), 20_000))
    assert sum(0 < people < FEWEST for people in rests) > 10


def test_each_figure_is_what_its_lines_are(page: Page, small_store: Store, facts: Facts) -> None:
    """Sales to the last digit, and people where each counts once: so the attack looks at the right lines."""
    seen = {"sales": 0, "customers": 0}
    for offer in attacked(page, small_store, facts, "shared", 3, 200):
        if offer.metric == "sales":
            assert offer.value == facts.sum(offer.lines), offer
        elif offer.metric == "customers" and offer.tile.startswith(("goods", "pair")):
            assert offer.value == facts.people(offer.lines), offer
        else:
            continue
        seen[offer.metric] += 1
    assert min(seen.values()) > 20


def test_each_figure_is_a_sum_of_published_cells(
    page: Page, small_store: Store, small_shop: Shop, facts: Facts
) -> None:
    rng = random.Random(4)
    compared = 0
    for _ in range(60):
        attribute = rng.choice(ATTRIBUTES)
        months = facts.values("month")
        one, two = sorted(rng.choices(months[:-1], k=2))
        some = rng.sample(facts.values("department"), rng.randint(0, 2))
        pairs = [("from", f"{one}-01"), ("to", f"{two}-28"), *(("department", name) for name in some)]
        state = read_state(pairs, small_store.published.days, "shared")
        tile = next(tile for tile in page.tiles if tile.name == f"bar_{attribute}")
        shown = answer(Page(title="One", comment="One", tiles=(tile,)), state, small_store)[tile.name]
        whole = [month for month in months if one <= month < two]  # the last one ends after the 28th, but February
        chosen = f"AND department IN {(*some, '')}" if some else ""
        cells = dict(
            small_shop.sql(
                f"""SELECT attribute_value, sum(reporting_sales_amount) FROM mart_shared_demographics
                WHERE attribute = '{attribute}' AND second_attribute = 'all' AND period IN {(*whole, "")} {chosen}
                GROUP BY ALL"""
            )
        )
        if shown.note:
            is_hidden = any(name not in told_apart(small_shop, whole) for name in some)
            assert not whole or is_hidden, shown.note
            continue
        named = {row[0]: row[1] for row in shown.rows if row[0] != OTHER}
        assert named == {value: cells[value] for value in named}
        assert sum((row[1] for row in shown.rows), Decimal(0)) == sum(cells.values(), Decimal(0))
        compared += 1
    assert compared > 12


def told_apart(shop: Shop, months: list[str]) -> set[str]:
    """The departments that are told apart in each of the months."""
    rows = shop.sql("SELECT DISTINCT period, department FROM mart_shared_demographics WHERE second_attribute = 'all'")
    return set.intersection(*({d for m, d in rows if m == month} for month in months)) if months else set()


def test_bands_stand_in_the_order_of_their_numbers(page: Page, small_store: Store) -> None:
    for audience, attribute, least in (("analyst", "income_band", 7), ("shared", "age_band", 1)):
        one = Page(title="One", comment="One", tiles=tuple(t for t in page.tiles if t.name == f"bar_{attribute}"))
        state = read_state([], small_store.published.days, audience)  # type: ignore[arg-type]
        found = [row[0] for row in answer(one, state, small_store)[f"bar_{attribute}"].rows]
        bands = ["Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K", "100K+"]
        bands += ["18-24", "25-34", "35-44", "45-54", "55-64", "65+", "Other", "Unknown"]
        assert found == [band for band in bands if band in found]
        assert len(found) >= least


def test_nothing_else_tells_who_buys(page: Page, small_store: Store) -> None:
    """No other way: other attributes, metrics of one's own, marts, and CSV all are refused with a word."""
    shown = answer(page, read_state([], small_store.published.days, "shared"), small_store)
    for name in (*NOT_TOLD, "women"):
        assert shown[name].rows == (), name
        assert shown[name].note.startswith("Not told to everybody: "), name
    assert shown["spark"].spark == ()
    assert all(shown[name].rows for name in ("spark", "free", "goods"))
    assert [column.name for column in shown["pair_table"].columns] == ["age_band", "gender", "customers", "sales"]


@pytest.mark.parametrize("name", [*DEMOGRAPHICS, "city", "buyer", "is_young"])
def test_the_store_itself_refuses(small_store: Store, name: str) -> None:
    days = small_store.published.days
    period = Period(days.first, days.last)
    with pytest.raises(QueryError, match="Not told to everybody"):
        small_store.shared.ask(["sales"], [name], period, {})
    with pytest.raises(QueryError, match="Not told to everybody"):
        small_store.shared.ask(["sales"], [], period, {name: ("F",)})
    assert name not in small_store.shared.published.values
    with pytest.raises(QueryError, match="filter"):
        read_state([(name, "F")], days, "shared")


def test_pages_and_csv_follow_the_same_rule(small_ready: Ready, small_store: Store) -> None:
    view = View(small_ready, small_store, "Small", Numbers("en", "EUR"))
    client = TestClient(app_of(lambda: view, "shared"))
    whole = client.get("/attack").text
    for text in ("For everybody", "Sales before returns by gender", 'name="department"'):
        assert text in whole
    assert 'name="gender"' not in whole
    assert client.get("/attack?gender=F").status_code == 400
    lines = client.get("/attack/bar_gender.csv").text.splitlines()
    assert [line.split(",")[0] for line in lines] == ["gender", "F", "Other"]
    for name in NOT_TOLD:
        assert len(client.get(f"/attack/{name}.csv").text.splitlines()) <= 1, name


def test_rows_that_can_not_be_read_are_not_told() -> None:
    """What no parser understands may read anything."""
    told = Mart(sql="SELECT FROM WHERE (", columns=(Column(name="what", title="What"),), about_people=False)
    tile = Tile(name="odd", form="table", title="Odd", comment="Odd", mart=told)
    with pytest.raises(QueryError, match="Not told to everybody"):
        source_of(tile, "shared", Telling(CATALOG))


def cell(period: str, value: str, department: str, people: int | None, sales: int | None) -> Cell:
    amount = None if sales is None else Decimal(sales)
    return Cell(period, "gender", value, "all", "all", department, people, amount)


def of_year(
    cells: list[Cell], chosen: dict[str, tuple[str, ...]] | None = None, by: tuple[str, ...] = ("gender",)
) -> Told:
    days = Days(day("2024-01-01"), day("2024-12-31"))
    cubes: Cubes = cubes_of(cells)
    return told(cubes, by, chosen or {}, Period(days.first, days.last), days)


def test_values_that_are_not_always_told_apart_are_other() -> None:
    """M is told in the first quarter alone; F in both."""
    cells = [
        *(cell("2024-01", value, "Food", 20, 100) for value in ("F", "M", "Other")),
        *(cell("2024-04", value, "Food", 20, 10) for value in ("F", "Other")),
    ]
    found = of_year(cells)
    assert found.sales == {("F",): 110, ("Other",): 210}
    assert found.people == {("F",): 20, ("Other",): 20}
    assert found.when == "2024-04"


def test_suppressed_cells_say_so() -> None:
    found = of_year([cell("2024-01", "Other", "Other", None, None)])
    assert found.sales == {("Other",): FEWER}
    assert "2024-01" in found.aside
    some = of_year([cell("2024-01", "Other", "Other", None, None), cell("2024-02", "Other", "Other", 30, 70)])
    assert some.sales == {("Other",): 70}
    assert "2024-01" in some.aside


def test_people_are_not_added_over_departments_or_months() -> None:
    cells = [cell(month, "F", name, 20, 5) for month in ("2024-01", "2024-02") for name in ("Food", "Toys")]
    assert of_year(cells).people is None
    one = of_year(cells, {"department": ("Food",)})
    assert one.people == {("F",): 20}
    assert one.when == "2024-02"
    each = of_year(cells, by=("month", "gender", "department")).people
    assert each is not None
    assert [*each.values()] == [20, 20, 20, 20]


def test_a_department_within_other_is_no_filter() -> None:
    cells = [cell("2024-01", "F", "Food", 20, 5), cell("2024-01", "F", "Other", 20, 5)]
    cells.append(cell("2024-04", "F", "Other", 20, 5))
    with pytest.raises(QueryError, match="«Food» is part of «Other»"):
        of_year(cells, {"department": ("Food",)})
    with pytest.raises(QueryError, match="don't know «channel»"):
        of_year(cells, {"channel": ("web",)})
