"""What the rules for who is one person left open: told, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyspark.sql import functions as F

from shoplake.contract import Table
from shoplake.gold.dimensions.identity import TABLE
from shoplake.gold.dimensions.same_person import TOO_MANY
from shoplake.gold.keys import durable_key
from shoplake.runs.run import Run


def report_unlinked(run: Run, tables: Iterable[Table]) -> None:
    """Tell of values that too many share, and of declared pairs that separate nobody; no note names a customer."""
    settings = next(table.settings for table in tables if table.name == TABLE.name)
    if TABLE.name in run.built and settings["same_person"]:
        found = run.read(TABLE.name).where(F.contains("not_linked_by", F.lit(TOO_MANY))).count()
        if found:
            most = settings["accounts_per_person"]
            run.record.notes.append(
                f"{found:,} customers share a value with more than {most}, which links none of them"
            )
        run.record.notes += _of_pairs(run, settings["not_same_person"])


def _of_pairs(run: Run, pairs: list[Any]) -> Iterator[str]:
    rows = [(at, *name.split(":", 1)) for at, pair in enumerate(pairs, 1) for name in pair]
    if not rows:
        return
    identity = run.read(TABLE.name)
    named = identity.sparkSession.createDataFrame(rows, "pair int, source string, customer_id string")
    keyed = named.select("pair", durable_key("source", "customer_id").alias("customer_key"))
    found: dict[int, list[int]] = {at: [] for at, *_ in rows}
    for row in keyed.join(identity, on="customer_key", how="inner").select("pair", "person_key").collect():
        found[row["pair"]].append(row["person_key"])
    for at, people in found.items():
        if len(people) < 2:
            yield f"not_same_person, pair {at}: there is no such customer, or it is the same twice"
        elif len(set(people)) == 1:
            yield f"not_same_person, pair {at}: still one person, linked by others; `shoplake person` shows how"
