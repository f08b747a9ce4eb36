"""Makes the shop: a project to run, its raw files, and the truth, day by day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoplake.errors import DeclarationError
from shoplake.generator import goods, tables
from shoplake.generator.couriers import Plain, Rich
from shoplake.generator.defects import Schedule, defect_table
from shoplake.generator.files import Files, RichFiles
from shoplake.generator.people import People
from shoplake.generator.plan import PERIOD, Plan
from shoplake.generator.sales import COMPLETED, OF_WHOLE, Day, Sales
from shoplake.generator.truth import Truth

SOURCE = "generated"


def generate(folder: Path, plan: Plan, tell: Callable[[int], None]) -> dict[str, str]:
    """Make the shop in `folder`, which must hold none; `tell` hears of each day.

    Gives the kinds of defects that were left out, with the reason.
    """
    taken = [name for name in ("shoplake.toml", "truth", "data", f"sources/{SOURCE}") if (folder / name).exists()]
    if taken:
        raise DeclarationError(
            f"it holds a shop already: {', '.join(taken)}", where=str(folder), remedy="Name an empty or new folder"
        )
    if plan.lines < plan.days:
        remedy = "Ask for more lines or fewer days"
        raise DeclarationError(f"{plan.lines} lines in {plan.days} days: each has one at least", remedy=remedy)
    declaration = folder / "sources" / SOURCE / "source.yml"
    declaration.parent.mkdir(parents=True)
    kind = "plain.yml" if plan.plain else "source.yml"
    declaration.write_bytes((package_files(__package__) / "declarations" / kind).read_bytes())
    (folder / "shoplake.toml").write_text("# A generated shop; `shoplake audit` compares it with truth/.\n", "utf-8")
    schedule = Schedule(plan)
    files = (Files if plan.plain else RichFiles)(folder / "data" / "raw" / SOURCE)
    courier = Plain(plan, files) if plan.plain else Rich(plan, files, schedule)
    with closing(Truth(folder / "truth")) as truth, closing(files):
        _write(plan, schedule, courier, truth, tell)
    return schedule.left_out


def _write(plan: Plan, schedule: Schedule, courier: Plain, truth: Truth, tell: Callable[[int], None]) -> None:
    people, products = People(plan), goods.Goods(plan)
    sales = Sales(plan, people, products, schedule.alter)
    codes = [code for code, *_ in goods.promotions(plan.days)]
    courier.once(goods.store_table(), goods.promotion_table(plan.days))
    truth.add("stores", goods.store_table())
    sums = np.zeros(len(goods.CURRENCIES), np.int64)
    for day in range(plan.days):
        tell(day)
        period, of_period = divmod(day, PERIOD)
        if of_period == 0:
            changed = products.set_period(period)
            rates = goods.rate_table(plan, day, min(day + PERIOD, plan.days))
            courier.period(day, products.table(products.sold_in(period)), rates)
            truth.add("rates", rates)
            truth.add("products", goods.versions(products, np.flatnonzero(changed), day))
        newcomers, changed = people.newcomers(day), people.change(day)
        versions = people.table(np.concatenate([newcomers, changed]), day)
        truth.add("customers", versions)
        courier.customers(day, versions, len(newcomers))
        today = sales.day(day, schedule.orphans(day))
        rows = tables.tables(today, codes)
        is_sale = _tell_truth(truth, today, rows, period)
        courier.sales(day, today, rows)
        at = today.lines["of_order"][is_sale]
        np.add.at(sums, today.orders["currency"][at], today.lines["net"][is_sale])
    truth.add("defects", defect_table([*sales.altered, *courier.placed]))
    told = {"shop": asdict(plan), "left_out": schedule.left_out, "account": courier.account(products)}
    told["net_cents"] = dict(zip(goods.CURRENCIES, sums.tolist(), strict=True))
    truth.summary(told | {"rows": courier.rows})


def _tell_truth(truth: Truth, today: Day, rows: dict[str, pa.Table], period: int) -> np.ndarray:
    """Orders, lines with what their order says (nothing, if it never comes), and returns; a file for each period.

    Gives which lines are sales.
    """
    at = today.lines["of_order"]
    is_sale = (at >= 0) & ((today.orders["status"] == COMPLETED) & ~today.orders["is_test"])[at]
    orders = rows["orders"].drop_columns("updated_at")
    of_whole = [f"{name}_amount" for name in OF_WHOLE]
    lines = rows["order_lines"].append_column("is_sale", pa.array(is_sale))
    of_order = orders.drop_columns(["order_id", *of_whole]).take(pa.array(at, mask=at < 0))
    for name, column in zip(of_order.column_names, of_order.columns, strict=True):
        lines = lines.append_column(name, column)
    for name, table in {"lines": lines, "orders": orders, "returns": rows["returns"]}.items():
        truth.add(f"{name}/{period:03}", table)
    return np.asarray(is_sale)
