"""Makes the shop: a project to run, its raw files, and the truth, day by day."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoplake.errors import DeclarationError
from shoplake.generator import goods, tables
from shoplake.generator.files import Files
from shoplake.generator.people import People
from shoplake.generator.plan import PERIOD, Plan
from shoplake.generator.sales import COMPLETED, Day, Sales
from shoplake.generator.truth import Truth, truth_in

SOURCE = "generated"


def generate(folder: Path, plan: Plan, tell: Callable[[int], None]) -> int:
    """Make the shop in `folder`, which must hold none; `tell` hears of each day. Gives the number of lines."""
    taken = [name for name in ("shoplake.toml", "truth", "data", f"sources/{SOURCE}") if (folder / name).exists()]
    if taken:
        raise DeclarationError(
            f"it holds a shop already: {', '.join(taken)}", where=str(folder), remedy="Name an empty or new folder"
        )
    declaration = folder / "sources" / SOURCE / "source.yml"
    declaration.parent.mkdir(parents=True)
    kind = "plain.yml" if plan.plain else "source.yml"
    declaration.write_bytes((package_files(__package__) / "declarations" / kind).read_bytes())
    (folder / "shoplake.toml").write_text("# A generated shop; `shoplake audit` compares it with truth/.\n", "utf-8")
    with truth_in(folder / "truth") as truth, Files(folder / "data" / "raw" / SOURCE) as files:
        _write(plan, files, truth, tell)
    return plan.lines


def _write(plan: Plan, files: Files, truth: Truth, tell: Callable[[int], None]) -> None:
    people, products = People(plan), goods.Goods(plan)
    sales = Sales(plan, people, products)
    codes = [code for code, *_ in goods.promotions(plan.days)]
    files.write("stores", "", goods.store_table())
    files.write("promotions", "", goods.promotion_table(plan.days))
    truth.add("stores", goods.store_table())
    customers: list[pa.Table] = []
    for day in range(plan.days):
        tell(day)
        period, of_period = divmod(day, PERIOD)
        if of_period == 0:
            changed = products.set_period(period)
            _write_period(plan, day, products, changed, files, truth)
        who = np.concatenate([people.newcomers(day), people.change(day)])
        if len(who):
            versions = people.table(who, day)
            truth.add("customers", versions)
            customers.append(versions)
        if customers and (of_period == PERIOD - 1 or day == plan.days - 1):
            files.write("customers", files.day(day), pa.concat_tables(customers))
            customers = []
        today = sales.day(day)
        _tell_truth(truth, today, codes, period)
        for feed, table in _told(today, codes).items():
            files.write(feed, files.day(day), table)


def _write_period(plan: Plan, day: int, products: goods.Goods, changed: np.ndarray, files: Files, truth: Truth) -> None:
    """What comes once in a period: all products, and the exchange rates."""
    period = day // PERIOD
    sold = products.sold_in(period)
    files.write("products", files.day(day), products.table(sold))
    files.write("rates", files.day(day), goods.rate_table(plan, day, min(day + PERIOD, plan.days)))
    truth.add("products", goods.versions(products, np.flatnonzero(changed), day))


def _told(today: Day, codes: list[str]) -> dict[str, pa.Table]:
    """What the feeds tell of a day."""
    orders = pa.table(tables.orders(today.orders)).drop_columns("order_date")
    returns = pa.table(tables.returns(today.returns, 2)).drop_columns(
        ["customer_id", "store_id", "return_date", "currency"]
    )
    found = {"orders": orders, "order_lines": pa.table(tables.lines(today.lines, codes, 2)), "returns": returns}
    return {feed: table for feed, table in found.items() if table.num_rows}


def _tell_truth(truth: Truth, today: Day, codes: list[str], period: int) -> None:
    """Orders, lines with what their order says, and returns, in a file for each period."""
    orders = tables.orders(today.orders)
    of_order = pa.array(today.lines["of_order"])
    is_sale = (today.orders["status"] == COMPLETED) & ~today.orders["is_test"]
    per_line = {
        name: values.take(of_order) for name, values in orders.items() if name not in {"order_id", "updated_at"}
    }
    lines = tables.lines(today.lines, codes, 4) | per_line | {"is_sale": pa.array(is_sale).take(of_order)}
    truth.add(f"lines/{period:03}", pa.table(lines))
    truth.add(f"orders/{period:03}", pa.table(orders).drop_columns("updated_at"))
    truth.add(f"returns/{period:03}", pa.table(tables.returns(today.returns, 4)))
