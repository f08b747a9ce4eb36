"""What orders have as a whole and no line carries: reported, never dropped."""

from __future__ import annotations

from pyspark.sql import functions as F

from shoplake.errors import QualityError
from shoplake.gold.facts import sales
from shoplake.gold.facts.allocation import has_some
from shoplake.runs.account import Missing
from shoplake.runs.run import Run
from shoplake.silver import order, order_line


def report_unallocated(run: Run) -> None:
    """Say how many orders have a discount, tax or shipping of their own, and no line to carry it.

    Raises QualityError where these don't make up for what orders have and the fact hasn't.
    """
    table, wanted_in = order.TABLE.name, order_line.TABLE.name
    if not {table, wanted_in, sales.TABLE.name} & run.built.keys():
        kept = run.kept_account.missing
        run.account.missing += [each for each in kept if (each.table, each.wanted) == (table, wanted_in)]
        return
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in sales.SHARES]
    orders = run.read(table)
    wanted, found = orders.agg(*sums).first(), run.read(sales.TABLE.name).agg(*sums).first()
    if wanted == found:
        return
    names = run.read(wanted_in).select("source", "order_id")
    alone = orders.join(names, on=["source", "order_id"], how="left_anti")
    left = alone.where(has_some(sales.SHARES)).agg(F.count("*").alias("orders"), *sums).first()
    assert wanted is not None
    assert found is not None
    assert left is not None
    for name in sales.SHARES:
        if wanted[name] != found[name] + left[name]:
            raise QualityError(
                f"{name} is {found[name]}, but {wanted[name]} in {table}; nothing was published",
                where=sales.TABLE.name,
                remedy="Its build loses or multiplies what orders have as a whole",
            )
    run.account.missing.append(Missing(table, "order_id", wanted_in, left["orders"], left["orders"]))
