"""Pages: what is built in answers on a small shop, and a file that is wrong says so."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shoplake.contract.business import Business
from shoplake.dashboard.answer import figures_of, tile_of
from shoplake.dashboard.catalog import BUILT_IN, project_pages
from shoplake.dashboard.check import mart_problems
from shoplake.dashboard.declaration import schema
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, declared, prepare, store_of
from shoplake.dashboard.rows import chart_rows
from shoplake.dashboard.shown import Shown
from shoplake.dashboard.state import State, read_state
from shoplake.dashboard.store import Store
from shoplake.dashboard.view import View
from shoplake.errors import DeclarationError
from shoplake.metrics.catalog import project_tables
from shoplake.sources.yaml_file import read_yaml
from tests.conftest import ROOT, Shop
from tests.metrics.small_gold import CATALOG

QUARANTINE = ("returns", "quarantine")


@pytest.fixture(scope="module")
def state(store: Store) -> State:
    return read_state([], store.published.days, "analyst")


@pytest.fixture(scope="module")
def tile(ready: Ready, store: Store, state: State) -> Callable[..., Shown]:
    """What a built-in tile shows."""

    def shown(page: str, name: str, **changes: Any) -> Shown:
        (found,) = (each for each in ready.pages[page].tiles if each.name == name)
        return tile_of(found, replace(state, **changes), store)

    return shown


def test_built_in_pages_are_whole(hand_shop: Shop, ready: Ready) -> None:
    assert [*ready.pages] == ["overview", "customers", "retention", "products", "returns"]
    tables = project_tables(hand_shop.project.folder, hand_shop.project.business)
    for name, page in ready.pages.items():
        assert [*mart_problems(page, tables)] == [], name
        document, _ = read_yaml(BUILT_IN / f"{name}.yml")
        jsonschema.validate(document, schema())
    published = json.loads((ROOT / "docs" / "reference" / "pages.schema.json").read_text("utf-8"))
    assert published == schema()


def test_each_tile_answers_or_says_why_not(ready: Ready, store: Store, state: State) -> None:
    silent = []
    for name, page in ready.pages.items():
        shown = figures_of(page, state, store)
        for each in page.tiles:
            found = shown.get(each.name) or tile_of(each, state, store)
            assert all(len(row) == len(found.columns) for row in found.rows)
            assert found.rows or found.note, (name, each.name)
            silent += [] if found.rows else [(name, each.name)]
    # Nobody told the hand shop of incomes, households, regions; fourteen months are no two years; no row was refused.
    unknown = [("customers", name) for name in ("incomes", "households", "regions")]
    assert silent == [*unknown, ("products", "effects"), ("products", "movers"), ("products", "together"), QUARANTINE]


# ---- figures, against the hand shop's README and plain SQL


def test_sales_by_age_are_those_worked_out_by_hand(tile: Callable[..., Shown]) -> None:
    """March 2024 is the last whole month: see «Who bought»; guests are none of it."""
    shown = tile("customers", "ages")
    found = {row[0]: row[5:7] for row in shown.rows}
    assert found["18-24"] == (1, Decimal("33.25"))
    assert found["25-34"] == (1, Decimal(33))
    assert found["35-44"] == (1, Decimal(29))
    assert found["65+"] == (1, Decimal(0))
    assert found["Unknown"] == (2, Decimal(72 + 40))
    sales = sum(row[6] for row in shown.rows)
    assert sales == Decimal("207.25")
    assert {row[0]: row[3] for row in shown.rows}["25-34"] == pytest.approx(33 / 207.25)
    assert shown.aside == "Covers 2024-03."
    assert len(shown.few) == len(shown.rows)


def test_effects_are_of_months_that_have_a_year_before(tile: Callable[..., Shown], hand_shop: Shop) -> None:
    shown = tile("customers", "change_by_month")
    # February: of 151 to customers 35 before; March: of 207.25 40 before.
    assert [(row[0], row[4]) for row in shown.rows] == [("2024-02", Decimal(116)), ("2024-03", Decimal("167.25"))]
    assert all(sum(row[1:4]) == row[4] for row in shown.rows)
    assert shown.aside == "Covers 2024-02 to 2024-03."
    change = Decimal("283.25")
    for row in tile("customers", "mix").rows:
        assert sum(row[1:5]) == row[5] == change, row[0]
    assert sum(row[4] for row in tile("customers", "change_by_age").rows) == change


def test_an_index_is_against_what_row_and_column_make_of_it(tile: Callable[..., Shown], hand_shop: Shop) -> None:
    shown = tile("customers", "department_by_age")
    sold = """FROM fact_sales f JOIN dim_product p USING (product_version_key)
        JOIN fact_exchange_rate r USING (currency, rate_date)
        LEFT JOIN dim_customer c USING (customer_version_key)
        WHERE counts_as = 'sale' AND order_date BETWEEN DATE '2023-04-01' AND DATE '2024-03-31'"""
    total = hand_shop.one(f"SELECT sum(sales_amount * r.rate)::DOUBLE {sold}")
    food = hand_shop.one(f"SELECT sum(sales_amount * r.rate)::DOUBLE {sold} AND department = 'Food'")
    cells = {(row[0], row[1]): (row[2], row[3]) for row in shown.rows}
    old = sum(amount for (_, age), (_, amount) in cells.items() if age == "35-44")
    index, amount = cells["Food", "35-44"]
    assert float(sum(amount for (what, _), (_, amount) in cells.items() if what == "Food")) == pytest.approx(food)
    assert float(index) == pytest.approx(100 * float(amount) * total / (food * float(old)))


def test_a_cohort_is_told_by_months_that_are_over(tile: Callable[..., Shown]) -> None:
    """C1 and C2 came in February 2023, C4 in March, C3 in January 2024, C5 and C9 in February, C6 in March."""
    shown = tile("retention", "cohorts")
    cells = {(row[0], row[1]): row[3:] for row in shown.rows if row[3]}
    assert cells == {
        **dict.fromkeys([("2023-02", 11), ("2023-02", 12), ("2023-02", 13)], (2, 2)),
        **dict.fromkeys([("2023-03", 10), ("2023-03", 11), ("2023-03", 12)], (1, 1)),
        **dict.fromkeys([("2024-01", 1), ("2024-01", 2)], (1, 1)),
        ("2024-02", 1): (1, 2),
    }
    assert max(month for _, month in {(row[0], row[1]) for row in shown.rows if row[0] == "2023-02"}) == 13


def test_segments_are_all_customers_in_plain_words(tile: Callable[..., Shown], hand_shop: Shop) -> None:
    shown = tile("retention", "segments")
    assert sum(row[3] for row in shown.rows) == hand_shop.one("SELECT count(*) FROM mart_customer") == 7
    assert sum(row[1] for row in shown.rows) == pytest.approx(1)
    known = {value for (value,) in hand_shop.sql("SELECT DISTINCT segment FROM mart_customer")}
    assert not known & {row[0] for row in shown.rows}, "each has a name in words"
    asleep = {row[0]: row[3] for row in tile("retention", "churn").rows}
    assert sum(asleep.values()) == 7


def test_the_curve_ends_with_all_products_and_all_sales(tile: Callable[..., Shown], hand_shop: Shop) -> None:
    shown = tile("products", "curve")
    assert shown.rows[0][:2] == (0, 0)
    assert shown.rows[-1][:2] == (1, 1)
    assert [*shown.rows] == sorted(shown.rows, key=lambda row: row[0])
    sold = dict(
        hand_shop.sql("""SELECT product_id, sum(sales_amount * r.rate)::DOUBLE FROM fact_sales f
            JOIN dim_product p USING (product_version_key) JOIN fact_exchange_rate r USING (currency, rate_date)
            WHERE counts_as = 'sale' AND order_date BETWEEN DATE '2023-04-01' AND DATE '2024-03-31'
            GROUP BY product_id HAVING sum(sales_amount) > 0""")
    )
    assert shown.rows[1][0] == pytest.approx(1 / len(sold))
    assert shown.rows[1][1] == pytest.approx(max(sold.values()) / sum(sold.values()))
    assert sum(row[3] for row in tile("products", "classes").rows) == pytest.approx(Decimal(str(sum(sold.values()))))


def test_rates_by_reason_add_up_to_the_return_rate(tile: Callable[..., Shown], store: Store, state: State) -> None:
    shown = tile("returns", "by_reason")
    ((rate, back),) = store.ask(["return_rate", "returns"], [], state.period, {})
    assert sum(row[2] for row in shown.rows) == back == 95
    assert sum(row[1] for row in shown.rows) == pytest.approx(rate)


# ---- reports


def test_reports_are_of_the_published_state(tile: Callable[..., Shown], hand_shop: Shop) -> None:
    manifest = hand_shop.manifest
    versions = {f"{row[0]}.{row[1]}": row[2:] for row in tile("returns", "versions").rows}
    assert versions["gold.fact_sales"] == (
        manifest.tables["gold.fact_sales"].version,
        hand_shop.one("SELECT count(*) FROM fact_sales"),
    )
    fresh = {row[1]: row[2:5] for row in tile("returns", "freshness").rows}
    lines = len(hand_shop.raw("orders.csv").read_text("utf-8").strip().splitlines()) - 1
    assert fresh["orders"] == (1, lines, "hand_shop/orders.csv")
    for row in tile("returns", "account").rows:
        assert row[2] == sum(row[3:6]), row


def test_refused_rows_are_counted_without_their_values(open_shop: Shop) -> None:
    """The corner shop's quarantine: see its README."""
    ready = declared(open_shop.project)
    prepare(ready, open_shop.project.warehouse, lambda _: None)
    with store_of(ready, open_shop.project) as store:
        refused = store.reports["quarantine"]
        found = {(row[0], row[2]): row[3] for row in refused.rows}
        assert found["corner_shop.lines", "not a number: quantity"] == 1
        assert found["corner_shop.lines", "ragged row"] == 1
        assert "one" not in json.dumps(refused.rows).replace("none", "")


def test_a_state_whose_record_is_gone_says_so(hand_shop: Shop, ready: Ready, state: State) -> None:
    with Store(hand_shop.project.warehouse, ready.figures, ready.catalog) as without:
        (fresh,) = (each for each in ready.pages["returns"].tiles if each.name == "freshness")
        assert "isn't kept" in tile_of(fresh, state, without).note


# ---- what is said beside rows


def test_rows_of_marts_say_that_filters_do_not_change_them(tile: Callable[..., Shown]) -> None:
    plain, filtered = tile("retention", "segments"), tile("retention", "segments", chosen={"department": ("Food",)})
    assert filtered.rows == plain.rows
    assert "same under all filters" in filtered.aside
    assert "filters" not in plain.aside


def test_long_lists_are_cut_with_a_word(ready: Ready, store: Store, state: State) -> None:
    (age,) = (each for each in ready.pages["customers"].tiles if each.name == "ages")
    whole = tile_of(age, state, store)
    short = tile_of(age.model_copy(update={"most": 2}), state, store)
    assert short.rows == whole.rows[:2]
    assert f"The first 2 of {len(whole.rows)}." in short.aside
    (heat,) = (each for each in ready.pages["customers"].tiles if each.name == "department_by_age")
    whole, few = (tile_of(heat.model_copy(update={"most": most}), state, store) for most in (None, 1))
    sums: dict[str, Decimal] = {}
    for row in whole.rows:
        sums[row[0]] = sums.get(row[0], Decimal(0)) + row[3]
    assert {row[0] for row in few.rows} == {max(sums, key=lambda name: sums[name])}
    assert set(few.rows) <= set(whole.rows), "the index is still against everything"


@pytest.mark.long
def test_a_shop_without_returns_and_customers_says_so(corner_shop: Shop) -> None:
    bare = corner_shop
    bare.put("returns.csv", bare.raw("returns.csv").read_text("utf-8").splitlines()[0] + "\n")
    orders = bare.raw("orders.csv")
    first, *rows = orders.read_text("utf-8").splitlines()
    at = first.split(",").index("customer")
    anonymous = [",".join([*row.split(",")[:at], "", *row.split(",")[at + 1 :]]) for row in rows]
    orders.write_text("\n".join([first, *anonymous]) + "\n", "utf-8")
    bare.run()
    ready = declared(bare.project)
    prepare(ready, bare.project.warehouse, lambda _: None)
    with store_of(ready, bare.project) as store:
        view = View(ready, store, "Bare", Numbers())
        state = read_state([], store.published.days, "analyst")
        assert "have no returns" in view.whole("returns", state)
        page = view.whole("retention", state)
        assert "say who bought" in page
        assert "<section" not in page
        assert next(view.parts("retention", state))["rows"] == {}


def test_a_heat_map_marks_few_people_and_shades_both_ways(tile: Callable[..., Shown], ready: Ready) -> None:
    (heat,) = (each for each in ready.pages["customers"].tiles if each.name == "department_by_age")
    cells = chart_rows(heat, tile("customers", "department_by_age"), Numbers())
    assert all(0 < cell["shade"] <= 1 for cell in cells)
    assert {cell["under"] for cell in cells} == {True, False}
    assert any(cell["text"].startswith("(") for cell in cells)


def test_figures_of_another_unit_are_told_beside(tile: Callable[..., Shown], ready: Ready) -> None:
    (ages,) = (each for each in ready.pages["customers"].tiles if each.name == "ages")
    rows = chart_rows(ages, tile("customers", "ages"), Numbers("en", "EUR"))
    assert {row["series"] for row in rows} == {"Population", "Buyers", "Sales"}
    assert all("Sales per head: €" in row["more"] for row in rows)


# ---- a project's own


GOOD = """
title: Mine
comment: What I look at.
tiles:
  - {name: sales, form: figure, metrics: [net_sales], by: [month]}
  - name: stores
    form: bar
    title: Lines by store
    comment: How many lines a store sold.
    mart:
      sql: SELECT store_id, count(store_id) FROM fact_sales JOIN dim_store USING (store_key) GROUP BY 1
      columns: [{name: store, title: Store}, {name: lines, title: Lines, unit: count}]
"""


def own(folder: Path, text: str) -> dict[str, Any]:
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    (folder / "pages" / "mine.yml").write_text(text, "utf-8")
    return project_pages(folder, CATALOG, Business())


def test_a_page_of_ones_own_shows_up(hand_shop: Shop, tmp_path: Path) -> None:
    shop = hand_shop.copy(tmp_path / "shop")
    own(shop.project.folder, GOOD)
    shutil.rmtree(shop.project.data / "dashboard", ignore_errors=True)
    ready = declared(shop.project)
    assert [*ready.pages][-1] == "mine"
    prepare(ready, shop.project.warehouse, lambda _: None)
    with store_of(ready, shop.project) as store:
        state = read_state([], store.published.days, "analyst")
        shown = tile_of(ready.pages["mine"].tiles[1], state, store)
        assert sum(row[1] for row in shown.rows) == shop.one("SELECT count(*) FROM fact_sales")
        assert "Lines by store" in View(ready, store, "Shop", Numbers()).whole("mine", state)


@pytest.mark.parametrize(
    ("change", "line", "what", "remedy"),
    [
        (("metrics: [net_sales]", "metrics: [nett_sales]"), 5, "nett_sales", ""),
        (("by: [month]", "by: [moon]"), 5, "moon", ""),
        (("metrics: [net_sales], by", "metrics: [net_sales], report: account, by"), 5, "not one thing", "Name metrics"),
        (("metrics: [net_sales]", "metrics: [net_sales, orders]"), 5, "a figure has 1 metrics, not 2", "Name others"),
        (("sql: SELECT store_id", "sql: DELETE FROM dim_store; SELECT store_id"), 11, "isn't one SELECT", "one SELECT"),
        (("sql: SELECT store_id", "sql: SELECT shop_id"), 11, "shop_id", "over gold"),
        (("count(store_id) FROM", "count(store_id), 1 FROM"), 11, "3 columns, and 2 are declared", "in its order"),
        (("form: bar", "form: heat"), 12, "a heat has 2 columns of texts", "another form"),
        (("form: bar", "form: figure"), 12, "a figure is of a metric", "another form"),
        (("{name: sales, form", "{name: stores, form"), 6, "a tile «stores» already", "another name"),
        (("    title: Lines by store\n", ""), 6, "says not what it shows", "title and a comment"),
        (("form: bar", "form: pie"), 7, "form", ""),
        (("title: Mine", "titel: Mine"), 2, "titel", ""),
    ],
)
def test_a_wrong_page_is_told_with_line_and_remedy(
    tmp_path: Path, change: tuple[str, str], line: int, what: str, remedy: str
) -> None:
    assert change[0] in GOOD
    with pytest.raises(DeclarationError) as refused:
        own(tmp_path, GOOD.replace(*change))
    assert f"mine.yml:{line}:" in str(refused.value)
    assert what in str(refused.value)
    assert remedy in str(refused.value)


def test_the_page_in_the_docs_is_right(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "pages.md").read_text("utf-8"), re.DOTALL)
    assert "mine" in own(tmp_path, block)


def test_a_page_takes_no_name_of_another(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "overview.yml").write_text(GOOD, "utf-8")
    with pytest.raises(DeclarationError, match="there is a page «overview» already"):
        project_pages(tmp_path, CATALOG, Business())
