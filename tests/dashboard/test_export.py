"""What is written for others: a file that filters without a server and holds what its pages show, and pictures."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from typer.testing import CliRunner

from shoplake.cli import app
from shoplake.dashboard.ahead import Ahead
from shoplake.dashboard.export import write_file
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready
from shoplake.dashboard.packed import Packed
from shoplake.dashboard.state import State, read_state
from shoplake.dashboard.store import Store
from shoplake.dashboard.view import View
from tests.conftest import Shop, day
from tests.dashboard.test_browser import CHROMIUM

_PNG, _PDF = b"\x89PNG\r\n", b"%PDF"


# One of each kind is enough.
_TILES = {
    "bar_gender",
    "goods_country",
    "months_age_band",
    "pair",
    "cities",
    "people",
    "careless",
    "goods",
    "free",
    "spark",
}


@pytest.fixture(scope="module")
def some_ready(small_ready: Ready) -> Ready:
    attack = small_ready.pages["attack"]
    fewer = attack.model_copy(update={"tiles": tuple(tile for tile in attack.tiles if tile.name in _TILES)})
    return replace(small_ready, pages={**small_ready.pages, "attack": fewer})


@pytest.fixture(scope="module")
def file(small_shop: Shop, some_ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("export") / "report.html"
    told: list[str] = []
    size = write_file(small_shop.project, some_ready, to, "en", told.append)
    assert size == to.stat().st_size < 5_000_000
    assert len(told) == len(some_ready.pages)
    assert [path.name for path in to.parent.iterdir()] == ["report.html"]
    return to


def held(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is in the file: the whole, and by page what each state shows."""
    text = file.read_text("utf-8")
    data = json.loads(re.findall(r'<script type="application/json" id="state">(.*?)</script>', text, re.DOTALL)[0])
    packed = re.findall(r'<script type="application/octet-stream" id="answers-(\w+)">(.*?)</script>', text)
    return data, {name: json.loads(gzip.decompress(base64.b64decode(each))) for name, each in packed}


def shown(packed: dict[str, Any], at: int) -> tuple[dict[str, str], dict[str, list[dict[str, Any]]]]:
    """The parts and rows of a state, put together again."""
    parts, rows = {}, {}
    for place, told in packed["parts"].items():
        form, *words = told["each"][told["at"][at]]
        pieces = packed["forms"][form]
        parts[place] = "".join(piece + (words[i] if i < len(words) else "") for i, piece in enumerate(pieces))
    for name, told in packed["rows"].items():
        values, keys = told["each"][told["at"][at]], told["keys"]
        width = len(keys) or 1
        rows[name] = [dict(zip(keys, values[i : i + width], strict=True)) for i in range(0, len(values), width)]
    return parts, rows


def state_of(period: dict[str, str], chosen: str, store: Store) -> State:
    first, _, last = period["told"].partition(" to ")
    is_month = period["name"][:4].isdigit()
    pairs = [("from", first), ("to", last)] if is_month else [("period", period["name"])]
    name, _, value = chosen.partition("=")
    return read_state([*pairs, *([(name, value)] if name else [])], store.published.days, "shared")


def served(view: View, name: str, state: State) -> tuple[dict[str, str], dict[str, Any]]:
    """What a server shows everybody in the state, without what only it can do."""
    parts, rows = dict[str, str](), dict[str, Any]()
    for part in view.parts(name, state):
        parts |= part["parts"]
        rows |= part["rows"]
    del parts["filters"], parts["published"]
    return {place: html for place, html in parts.items() if not place.startswith("about-")}, rows


def near(one: Any, other: Any) -> bool:
    """Whether rows are alike, but for digits that no chart shows."""
    if isinstance(one, list | dict):
        keys = one if isinstance(one, dict) else range(len(one))
        return len(one) == len(other) and all(near(one[key], other[key]) for key in keys)
    return one == pytest.approx(other, rel=1e-5) if isinstance(one, float) else one == other


def test_a_file_holds_what_its_pages_show_and_nothing_else(file: Path, some_ready: Ready, small_store: Store) -> None:
    view = View(some_ready, small_store.shared, "shop", Numbers("en", small_store.published.currency))
    data, packed = held(file)
    assert [*packed] == [*some_ready.pages] == [*data["pages"]]
    states = [(period, chosen) for period in data["periods"] for chosen in data["filters"]]
    assert not any(chosen.count("=") > 1 for chosen in data["filters"])
    for name, each in packed.items():
        lengths = {len(told["at"]) for told in (*each["parts"].values(), *each["rows"].values())}
        assert lengths == {len(states)}
        assert all({*told["at"]} == {*range(len(told["each"]))} for told in each["parts"].values())
        for at in random.Random(1).sample(range(len(states)), 25):
            parts, rows = shown(each, at)
            wanted, wanted_rows = served(view, name, state_of(*states[at], small_store))
            assert {place: html for place, html in parts.items() if not place.startswith("about-")} == wanted
            assert near(rows, wanted_rows)


def test_a_file_names_nobody(file: Path, small_shop: Shop) -> None:
    """No id, no key, nothing personal, whatever the file is packed with."""
    data, packed = held(file)
    text = file.read_text("utf-8") + json.dumps([data, packed], ensure_ascii=False)
    columns = "customer_key::VARCHAR, customer_version_key::VARCHAR, birth_date::VARCHAR, city"
    people = small_shop.sql(f"SELECT {columns} FROM dim_customer WHERE customer_key <> -1")
    values = {value for row in people for value in row if value not in {None, "Unknown"}}
    assert len(values) > 300
    # Names are made of syllables, so that a town may be called like goods.
    goods = {word for (name,) in small_shop.sql("SELECT name FROM dim_product") for word in str(name).split()}
    assert {*re.findall(r"[\w.-]+", text)} & (values - goods) == set()
    assert str(small_shop.project.folder) not in text


def test_a_file_asks_nobody(file: Path) -> None:
    """Its own policy forbids it, and there is nothing to ask for."""
    text = file.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
    assert not re.findall(r"<script[^>]*src=", text)
    assert "For everybody" in text


def test_asking_ahead_answers_as_asking_does(small_ready: Ready, small_store: Store) -> None:
    store, rng = small_store.shared, random.Random(3)
    ahead = Ahead(store)
    days = store.published.days
    tile = next(each for each in small_ready.pages["attack"].tiles if each.name == "free")
    compared = 0
    for _ in range(80):
        name = rng.choice(["department", "channel", "store", "category"])
        value = rng.choice([*store.published.values.get(name, ("none",)), "nobody's"])
        period = read_state([("from", rng.choice(["2025-03-05", "2025-09-30"]))], days, "shared").period
        by = tuple(rng.sample(["month", "department", "channel"], rng.randint(0, 2)))
        sort, most = rng.choice([(None, None), ("net_sales", 3)])
        chosen = {name: (value,)}
        asked = [store_.ask(tile.metrics, by, period, chosen, sort=sort, most=most) for store_ in (store, ahead)]
        assert asked[0] == asked[1], (by, chosen)
        compared += bool(asked[0])
    assert compared > 40


def test_what_is_not_in_a_state_is_empty_in_it() -> None:
    packed = Packed()
    states = [({"a": "<p>1</p>"}, {}), ({"b": "<p>2</p>"}, {"c": [{"x": 1.0}]}), ({"a": "<p>3</p>"}, {"c": []})]
    for parts, rows in states:
        packed.add(parts, rows)
    found = [shown(packed.to_json(), at) for at in range(3)]
    assert [parts for parts, _ in found] == [
        {"a": "<p>1</p>", "b": ""},
        {"a": "", "b": "<p>2</p>"},
        {"a": "<p>3</p>", "b": ""},
    ]
    assert [rows for _, rows in found] == [{"c": []}, {"c": [{"x": 1.0}]}, {"c": []}]


@pytest.fixture(scope="module")
def browser() -> Any:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium; on Debian: apt install chromium")
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def test_a_file_opens_from_disk_and_filters(file: Path, browser: Browser, small_shop: Shop) -> None:
    wrong: list[str] = []
    page = browser.new_context(offline=True).new_page()
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda failure: wrong.append(str(failure)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url))
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-drawn]")

    def orders() -> int:
        return int(page.inner_text("#body-orders .value").replace(",", ""))

    def wanted(condition: str) -> int:
        found = small_shop.one(
            f"""SELECT count(DISTINCT concat(f.source, f.order_id)) FROM fact_sales f
            JOIN dim_product p USING (product_version_key) WHERE counts_as = 'sale' AND {condition}"""
        )
        return int(found)

    assert orders() == wanted("true")
    page.select_option("select[name=filter]", "department=Food")
    page.wait_for_timeout(300)
    assert orders() == wanted("department = 'Food'")
    page.select_option("select[name=period]", "2025-05")
    page.wait_for_timeout(300)
    assert page.inner_text("#told") == f"{day('2025-05-01')} to {day('2025-05-31')}"
    assert orders() == wanted("department = 'Food' AND order_date BETWEEN '2025-05-01' AND '2025-05-31'")
    copied = page.url
    page.select_option("select[name=filter]", "channel=web")  # takes the other one's place
    page.wait_for_timeout(300)
    assert orders() == wanted("f.channel = 'web' AND order_date BETWEEN '2025-05-01' AND '2025-05-31'")
    assert page.inner_text("#body-ages").startswith("Not told to everybody")
    page.select_option("select[name=filter]", "department=Food")
    page.click("[data-page=attack]")
    page.wait_for_selector("#title-bar_gender")
    page.wait_for_selector("#chart-bar_gender svg")
    assert page.inner_text("#title-bar_gender") == "Sales before returns by gender"
    page.go_back()
    page.wait_for_selector("#body-orders")
    page.click(".clear")
    page.wait_for_timeout(300)
    assert orders() == wanted("true")
    page.goto("about:blank")
    page.goto(copied)
    page.wait_for_selector("body[data-drawn]")
    assert orders() == wanted("department = 'Food' AND order_date BETWEEN '2025-05-01' AND '2025-05-31'")
    assert wrong == []


@pytest.mark.parametrize(("form", "begin"), [("png", _PNG), ("svg", b"<svg"), ("pdf", _PDF)])
def test_pictures(hand_shop: Shop, ready: Ready, tmp_path: Path, form: str, begin: bytes) -> None:
    words = ["-p", str(hand_shop.project.folder), "dashboard", "--export", str(tmp_path / "pictures"), "--format", form]
    done = CliRunner().invoke(app, [*words, "--state", "period=all"])
    assert done.exit_code == 0, done.output
    pictures = sorted((tmp_path / "pictures").iterdir())
    assert f"overview-trend.{form}" in {path.name for path in pictures}
    assert all(path.read_bytes().startswith(begin) for path in pictures)
    if form == "svg":
        text = (tmp_path / "pictures" / "overview-departments.svg").read_text("utf-8")
        for part in ("Net sales by department", " to ", "state 1, published"):
            assert part in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--format", "png"], 2, "folder"),
        (["--export", "x", "--format", "gif"], 2, "svg"),
        (["--export", "x.html", "--state", "period=all"], 2, "all states"),
        (["--export", "x", "--format", "svg", "--state", "gender=F"], 7, "others to see"),
        (["--export", "x", "--format", "svg", "--state", "period=nonsense"], 7, "no period"),
    ],
)
def test_what_can_not_be_written(hand_shop: Shop, ready: Ready, words: list[str], code: int, said: str) -> None:
    from shoplake.errors import ShoplakeError

    done = CliRunner().invoke(app, ["-p", str(hand_shop.project.folder), "dashboard", *words])
    if isinstance(done.exception, ShoplakeError):
        assert done.exception.exit_code == code
        assert said in str(done.exception)
    else:
        assert done.exit_code == code
        assert said in done.output
