"""Amounts that no exchange rate converts: left out of figures in the reporting currency, and reported."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Table
from shoplake.gold.facts import exchange_rate, marketing_costs, payments, returns, sales
from shoplake.runs.account import Missing
from shoplake.runs.run import Run

_FACTS = (sales.TABLE, returns.TABLE, payments.TABLE, marketing_costs.TABLE)
_RATES = exchange_rate.TABLE.name


def report_unconverted(run: Run) -> None:
    """Say of how many rows of each fact the amounts have no rate, and on how many days of a currency."""
    for fact in _FACTS:
        kept = [each for each in run.kept_account.missing if (each.table, each.wanted) == (fact.name, _RATES)]
        if not {fact.name, _RATES} & run.built.keys():
            run.account.missing += kept
        elif not kept and fact.name in run.changes and _only_grows(run):
            run.account.missing += _missing(run, fact, run.changes[fact.name].added)
        else:
            run.account.missing += _missing(run, fact, run.read(fact.name))


def _only_grows(run: Run) -> bool:
    """Whether no day loses its rate: rows that were there have one still."""
    change = run.changes.get(_RATES)
    if change is None:
        return _RATES not in run.built
    if change.removed is None:
        return True
    days = ["currency", "rate_date"]
    there = run.read(_RATES).select(*days)
    return change.removed.select(*days).join(there, on=days, how="left_anti").count() == 0


def _missing(run: Run, fact: Table, rows: DataFrame | None) -> list[Missing]:
    if rows is None:
        return []
    days = rows.where("currency is not null and rate_date is not null").groupBy("currency", "rate_date").count()
    without = days.join(run.read(_RATES), on=["currency", "rate_date"], how="left_anti")
    found = without.agg(F.count("*"), F.coalesce(F.sum("count"), F.lit(0))).first()
    return [Missing(fact.name, "currency", _RATES, found[1], found[0])] if found and found[0] else []
