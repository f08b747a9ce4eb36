"""The pages in a real browser: what a filter does, what an address brings back, whether everybody can use them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from shoplake.dashboard.server import app_of
from shoplake.dashboard.view import View
from tests.conftest import Shop

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt install chromium")
WIDTHS = (1280, 820, 390)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an application that is listening."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def address(view: View) -> Iterator[str]:
    with serving(app_of(lambda: view, "analyst")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@contextmanager
def looking(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page that is drawn. Whatever the browser complains of, or asks of others, fails the test."""
    wrong: list[str] = []
    context = browser.new_context(**options)
    page = context.new_page()
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda failure: wrong.append(str(failure)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(address.split("/", 3)[2].join(("http://", "/"))) else wrong.append(asked.url)
        ),
    )
    page.goto(address)
    page.wait_for_selector("body[data-drawn]")
    yield page
    context.close()
    assert wrong == []


def value(page: Page, tile: str) -> str:
    return page.locator(f"#body-{tile} .value").inner_text()


def net_sales(shop: Shop, condition: str) -> str:
    """In whole SQL, from the facts."""
    sold = f"""SELECT coalesce(sum(sales_amount * r.rate), 0) FROM fact_sales f
        JOIN dim_product p USING (product_version_key) JOIN fact_exchange_rate r USING (currency, rate_date)
        WHERE counts_as = 'sale' AND order_date {condition}"""
    back = f"""SELECT coalesce(sum((return_amount - return_tax_amount) * r.rate), 0) FROM fact_returns f
        JOIN dim_product p USING (product_version_key) JOIN fact_exchange_rate r USING (currency, rate_date)
        WHERE is_test IS DISTINCT FROM true AND return_date {condition}"""
    return f"{shop.one(f'SELECT (({sold}) - ({back}))::DECIMAL(18, 2)'):,}"


def pages(view: View) -> list[str]:
    return list(view.pages)


def test_each_page_loads(browser: Browser, address: str, view: View) -> None:
    for name in pages(view):
        with looking(browser, f"{address}/{name}") as page:
            assert page.locator("h1").inner_text() == view.pages[name].title
            assert page.locator(".tile").count() == len(view.pages[name].tiles)


def test_a_filter_changes_the_figures_to_what_sql_says(browser: Browser, address: str, hand_shop: Shop) -> None:
    days = "BETWEEN DATE '2023-04-01' AND DATE '2024-03-31'"
    with looking(browser, f"{address}/overview") as page:
        before = value(page, "net_sales")
        assert before == f"€{net_sales(hand_shop, days)}"
        department = hand_shop.sql("SELECT department FROM dim_product WHERE department IS NOT NULL ORDER BY 1")[0][0]
        page.get_by_text("Department", exact=True).first.click()
        page.get_by_label(department, exact=True).check()
        expect(page.locator("#body-net_sales .value")).not_to_have_text(before)
        assert value(page, "net_sales") == f"€{net_sales(hand_shop, f'{days} AND p.department = {department!r}')}"
        assert f"department={department}" in page.url
        page.get_by_text(f"Department: {department}").click()
        expect(page.locator("#body-net_sales .value")).to_have_text(before)
        page.go_back()
        expect(page.locator("#body-net_sales .value")).not_to_have_text(before)


def test_an_address_brings_back_the_view(browser: Browser, address: str) -> None:
    with looking(browser, f"{address}/overview") as page:
        page.locator("select[name=period]").select_option("all")
        page.wait_for_url("**period=all*")
        page.wait_for_selector("body:not(.loading)")
        shown, url = _shown(page), page.url
    assert shown["labels"]
    with looking(browser, url) as again:
        assert _shown(again) == shown


def _shown(page: Page) -> dict[str, Any]:
    """All texts, and the labels of charts from left to right and top to bottom: a chart keeps no order of elements."""
    labels = """() => [...document.querySelectorAll('.role-axis-label text')].map(e => [e, e.getBoundingClientRect()])
        .map(([e, at]) => [Math.round(at.y / 4), Math.round(at.x / 4), e.textContent]).sort().map(String)"""
    texts = page.locator("#filters, .body, .sparkline, .data").evaluate_all("all => all.map(e => e.textContent)")
    return {"texts": texts, "labels": page.evaluate(labels)}


def test_a_click_on_a_bar_filters(browser: Browser, address: str) -> None:
    with looking(browser, f"{address}/overview?period=all") as page:
        page.locator("#chart-departments path[aria-roledescription='bar']").first.click()
        page.wait_for_url("**department=*")
        assert page.locator(".chip").count() == 1


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_everybody_can_use_it(browser: Browser, address: str, view: View, scheme: str) -> None:
    """No violation of WCAG 2.2 A or AA that can be found by a machine, at three widths, nothing wider than the page."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for name in pages(view):
        for width in WIDTHS:
            size = {"width": width, "height": 900}
            with looking(browser, f"{address}/{name}", viewport=size, color_scheme=scheme) as page:
                found = Axe().run(page, options=rules).response["violations"]
                assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_is_light(browser: Browser, address: str) -> None:
    colours = "[document.body, document.querySelector('h1'), document.querySelector('.tile')].map(each => "
    colours += "getComputedStyle(each).color + getComputedStyle(each).backgroundColor)"
    found = []
    for scheme in ("light", "dark"):
        with looking(browser, f"{address}/overview", color_scheme=scheme) as page:
            page.emulate_media(media="print")
            assert not page.locator("#filters select").first.is_visible()
            found.append(page.evaluate(colours))
    assert found[0] == found[1]


def test_the_keyboard_is_enough(browser: Browser, address: str) -> None:
    with looking(browser, f"{address}/overview") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to the figures"
        page.locator("select[name=period]").focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_url("**period=*")
        page.wait_for_selector("body:not(.loading)")
        assert page.evaluate("document.activeElement.name") == "period"


def test_nothing_jumps(browser: Browser, address: str) -> None:
    watch = """new Promise(done => { let moved = 0;
        new PerformanceObserver(l => l.getEntries().forEach(e => { moved += e.value; }))
            .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(moved), 500); })"""
    with looking(browser, f"{address}/overview") as page:
        assert page.evaluate(watch) < 0.05


def test_without_scripts_it_is_a_page_of_forms_and_tables(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/overview")
    page.locator("select[name=period]").select_option("all")
    page.get_by_role("button", name="Show").click()
    assert "period=all" in page.url
    assert page.locator("#table-trend tbody tr").count() > 3
