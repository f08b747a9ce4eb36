"""A gold of a few rows in DuckDB, made from what a test says of them; and whoever asks it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from shoplake.gold.dimensions.date import TABLE as DAYS
from shoplake.gold.dimensions.date import days_of
from shoplake.metrics.ask import Answer, ask
from shoplake.metrics.catalog import Catalog, load_catalog
from shoplake.metrics.question import question
from tests.metrics.contracts import TABLES

Row = dict[str, Any]
_DUCKDB = {"string": "varchar", "timestamp": "timestamptz"}
_SALE = {
    "source": "shop", "line_number": 1, "customer_key": 1, "product_key": 1, "store_key": 1, "promotion_key": -1,
    "counts_as": "sale", "status": "completed", "channel": "web", "currency": "EUR", "is_test": False,
    "is_guest": False, "age_band": "25-34", "quantity": 1, "discount_amount": 0, "order_discount_amount": 0,
    "included_tax_amount": 0, "tax_amount": 0, "shipping_amount": 0, "shipping_cost_amount": 0, "is_merchandise": True,
}  # fmt: skip
_RETURN = {
    "source": "shop", "line_number": 1, "customer_key": 1, "product_key": 1, "store_key": 1, "channel": "web",
    "currency": "EUR", "is_test": False, "age_band": "25-34", "return_quantity": 1, "return_tax_amount": 0,
    "is_merchandise": True,
}  # fmt: skip


def catalog(project: Path | None = None) -> Catalog:
    return load_catalog(project or Path("no project"), TABLES)


CATALOG = catalog()
_TEXTS = [CATALOG.sets["sales"].source, *(join.source for join in CATALOG.sets["sales"].joins)]
READ = [name for name in TABLES if name == "gold.dim_date" or any(name in text for text in _TEXTS)]


class SmallGold:
    """Sales and returns; everything else is as simple as it can be.

    Rates are those of `rates` on each day, 1 for euros. Customer n is person n but for `persons`; products have
    `costs`, in euros, and are of the department D<n>.
    """

    def __init__(
        self,
        sales: Iterable[Row] = (),
        returns: Iterable[Row] = (),
        *,
        rates: dict[str, str] | None = None,
        persons: dict[int, int] | None = None,
        costs: dict[int, str] | None = None,
        as_of: date = date(2025, 1, 1),
        years: tuple[int, int] = (2019, 2024),
    ) -> None:
        self.db = duckdb.connect()
        self.db.execute("create schema gold; set TimeZone = 'UTC'")
        for table in (TABLES[name] for name in READ):
            columns = ", ".join(f"{c.name} {_DUCKDB.get(c.type, c.type)}" for c in table.columns)
            self.db.execute(f"create table {table.name} ({columns})")
        self._insert("dim_date", _calendar(years, as_of))
        sold, back = [_sale(row) for row in sales], [_return(row) for row in returns]
        self._insert("fact_sales", sold)
        self._insert("fact_returns", back)
        days = {row["rate_date"] for row in (*sold, *back)}
        quoted = {"EUR": "1"} | (rates or {})
        self._insert("fact_exchange_rate", [_rate(day, *pair) for day in days for pair in quoted.items()])
        customers = {row["customer_key"] for row in (*sold, *back)} - {-1}
        people = persons or {}
        self._insert(
            "customer_identity", [{"customer_key": c, "person_key": people.get(c, c), "rule": "own"} for c in customers]
        )
        self._insert("dim_customer", [_customer(key) for key in (*customers, -1)])
        products = {row["product_key"] for row in (*sold, *back)}
        self._insert("dim_product", [_product(key, (costs or {}).get(key)) for key in products])

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        return self.db.execute(sql).fetchall()

    def ask(self, *metrics: str, **more: Any) -> Answer:
        return ask(question(more.pop("catalog", CATALOG), metrics, **more), self.run)

    def rows(self, *metrics: str, **more: Any) -> list[tuple[Any, ...]]:
        return self.ask(*metrics, **more).rows

    def one(self, metric: str, **more: Any) -> Any:
        ((value,),) = self.rows(metric, **more)
        return value

    def _insert(self, table: str, rows: list[Row] | pa.Table) -> None:
        if len(rows):
            self.db.register("given", rows if isinstance(rows, pa.Table) else _arrow(rows))
            self.db.execute(f"insert into gold.{table} by name select * from given")


def _arrow(rows: list[Row]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in names})


@cache
def _calendar(years: tuple[int, int], as_of: date) -> pa.Table:
    return _arrow([dict(zip(DAYS.column_names, day, strict=True)) for day in days_of(*years, as_of)])


def _sale(row: Row) -> Row:
    whole = {**_SALE, **row}
    whole["order_date"] = _day(whole["order_date"])
    whole.setdefault("order_id", f"O{whole['order_date']}")
    whole.setdefault("gross_amount", Decimal("10"))
    whole["net_amount"] = Decimal(str(whole["gross_amount"])) - Decimal(str(whole["discount_amount"]))
    taken = (Decimal(str(whole[name])) for name in ("order_discount_amount", "included_tax_amount"))
    whole["sales_amount"] = whole["net_amount"] - sum(taken, Decimal(0))
    return _keyed(whole) | {"rate_date": whole["order_date"], "order_month": str(whole["order_date"])[:7]}


def _return(row: Row) -> Row:
    whole = {**_RETURN, **row}
    whole["return_date"] = _day(whole["return_date"])
    whole["order_date"] = _day(whole["order_date"]) if whole.get("order_date") else None
    whole.setdefault("return_id", f"R{whole['return_date']}")
    return _keyed(whole) | {"rate_date": whole["return_date"], "return_month": str(whole["return_date"])[:7]}


def _keyed(row: Row) -> Row:
    return row | {"customer_version_key": row["customer_key"], "product_version_key": row["product_key"]}


def _rate(day: date, currency: str, rate: str) -> Row:
    return {
        "rate_date": day,
        "currency": currency,
        "rate": Decimal(rate),
        "reporting_currency": "EUR",
        "quoted_on": day,
    }


def _customer(key: int) -> Row:
    gender = "Unknown" if key == -1 else ("female", "male", "Unknown")[key % 3]
    return {"customer_version_key": key, "customer_key": key, "gender": gender, "city": f"C{key}"}


def _product(key: int, cost: str | None) -> Row:
    unit_cost = Decimal(cost) if cost else None
    names = {"name": f"P{key}", "department": f"D{key}"}
    return {"product_version_key": key, "product_key": key, "unit_cost": unit_cost, "price_currency": "EUR"} | names


def _day(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def days(first: str, count: int) -> list[date]:
    return [_day(first) + timedelta(days=at) for at in range(count)]
