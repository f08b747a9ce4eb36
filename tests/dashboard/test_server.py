"""What the server answers: figures that SQL gives, words for what can't be, and nothing that does harm."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from shoplake.dashboard.server import app_of
from shoplake.dashboard.view import View
from tests.conftest import Shop

DAYS = "DATE '2023-04-01' AND DATE '2024-03-31'"


@pytest.fixture(scope="module")
def client(view: View) -> TestClient:
    return TestClient(app_of(lambda: view, "analyst"), base_url="http://127.0.0.1")


def parts(client: TestClient, address: str) -> dict[str, Any]:
    """What changes, put together: HTML by place, rows by tile."""
    found: dict[str, Any] = {"parts": {}, "rows": {}}
    for line in client.get(address, headers={"Accept": "application/json"}).text.splitlines():
        part = json.loads(line)
        found["parts"] |= part["parts"]
        found["rows"] |= part["rows"]
    return found


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_figures_are_what_sql_says(client: TestClient, hand_shop: Shop) -> None:
    orders = f"SELECT count(DISTINCT order_id) FROM fact_sales WHERE counts_as = 'sale' AND order_date BETWEEN {DAYS}"
    for channel, condition in (("", ""), ("web", " AND channel = 'web'"), ("store", " AND channel = 'store'")):
        shown = parts(client, f"/overview?channel={channel}")["parts"]["body-orders"]
        assert text(shown).split()[0] == str(hand_shop.one(orders + condition))


def test_the_parts_of_a_state_are_those_of_its_page(client: TestClient) -> None:
    whole = client.get("/overview?period=all&channel=web").text
    found = parts(client, "/overview?period=all&channel=web")
    state = json.loads(re.search(r'id="state">(.*?)</script>', whole, re.DOTALL)[1])  # type: ignore[index]
    assert found["rows"] == state["rows"]
    for place, html in found["parts"].items():
        assert html.strip() in whole, place


def test_cells_of_few_people_are_marked(client: TestClient) -> None:
    """Hardly anybody buys in a shop of thirty orders."""
    assert "fewer than 11 people" in parts(client, "/overview?gender=F")["parts"]["body-net_sales"]
    assert "fewer than 11 people" not in parts(client, "/overview?channel=web")["parts"]["body-net_sales"]
    assert all(row["few"] for row in parts(client, "/overview")["rows"]["ages"] if row["x"] != "Unknown")


def test_amounts_without_a_rate_are_told_of(client: TestClient, hand_shop: Shop) -> None:
    missing = hand_shop.sql(
        """SELECT currency, count(*) FROM fact_sales LEFT JOIN fact_exchange_rate USING (currency, rate_date)
        WHERE rate IS NULL AND counts_as = 'sale' GROUP BY 1"""
    )
    assert missing
    assert all(f"order lines {count} in {currency}" in client.get("/overview").text for currency, count in missing)


def test_rows_as_csv(client: TestClient, hand_shop: Shop) -> None:
    answer = client.get("/overview/departments.csv?period=all")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:2] == ["department", "net_sales"]
    departments = """SELECT count(DISTINCT coalesce(department, 'Unknown')) FROM fact_sales
        JOIN dim_product USING (product_version_key) WHERE counts_as = 'sale'"""
    assert len(rows) - 1 == hand_shop.one(departments)
    assert answer.headers["content-disposition"] == 'attachment; filename="departments.csv"'


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/nowhere", 404, "«nowhere» isn't one of the pages"),
        ("/overview/nothing.csv", 404, "no such tile"),
        ("/overview?period=tomorrow", 400, "There are: last_12_months"),
        ("/overview?from=1.4.2023", 400, "Write it as 2017-03-31"),
        ("/overview?from=2024-02-01&to=2024-01-01", 400, "is after"),
        ("/overview?from=1999-01-01&to=1999-12-31", 400, "The data go from 2023-02"),
        ("/overview?email=a", 400, "there is no filter «email»"),
        ("/overview?department=nothing' or 1=1 --", 200, "Nothing was found"),
        ("/static/../server.py", 404, ""),
        ("/overview?department=<script>alert(1)</script>", 200, "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_is_told(client: TestClient, address: str, status: int, word: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert word in answer.text.replace("&#39;", "'")
    assert "<script>alert" not in answer.text


def test_nothing_comes_from_outside(client: TestClient, view: View) -> None:
    for name in view.pages:
        answer = client.get(f"/{name}")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*", answer.text) == []


def test_personal_values_are_nowhere(client: TestClient, view: View, hand_shop: Shop) -> None:
    keys = {str(key) for (key,) in hand_shop.sql("SELECT customer_key FROM dim_customer WHERE customer_key <> -1")}
    born = {str(day) for (day,) in hand_shop.sql("SELECT birth_date FROM dim_customer WHERE birth_date IS NOT NULL")}
    assert keys
    for name in view.pages:
        shown = client.get(f"/{name}?period=all").text
        assert not [value for value in keys | born if value in shown]
