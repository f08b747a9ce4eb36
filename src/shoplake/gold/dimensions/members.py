"""The members of a dimension: the rows that are known, the ids that are only named, and the absent one."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, LAST_DAY, Column, Table
from shoplake.gold.keys import durable_key, version_key
from shoplake.lake import union_of

UNKNOWN = "Unknown"
NOBODY = ""  # source and id of the absent member


def shown(column: Column) -> Column:
    """A text attribute as a dimension has it: never null, «Unknown» where it isn't known."""
    return replace(column, required=True, allowed=(*column.allowed, UNKNOWN) if column.allowed else ())


def members(table: Table, natural_id: str, known: DataFrame, naming: list[DataFrame]) -> DataFrame:
    """Rows of `table`: one per row that is known, one inferred per id that only `naming` holds, and member -1.

    A text attribute that isn't known is «Unknown»: see `shown`.
    """
    ids = ["source", natural_id]
    named = union_of(rows.select(*ids) for rows in naming)
    inferred = named.where(F.col(natural_id).isNotNull()).distinct().join(known, on=ids, how="left_anti")
    absent = known.sparkSession.createDataFrame([(NOBODY, None)], f"source string, {natural_id} string")
    together = (
        known.withColumn("is_inferred", F.lit(False))
        .unionByName(inferred.withColumn("is_inferred", F.lit(True)), allowMissingColumns=True)
        .unionByName(absent.withColumn("is_inferred", F.lit(False)), allowMissingColumns=True)
    )
    noun = natural_id.removesuffix("_id")
    own = {
        f"{noun}_key": durable_key("source", natural_id),
        natural_id: F.coalesce(natural_id, F.lit(NOBODY)),
    }
    if "valid_from" in table.column_names:
        own |= {
            f"{noun}_version_key": version_key("source", natural_id, F.coalesce("valid_from", F.lit(FIRST_DAY))),
            "valid_from": F.coalesce("valid_from", F.lit(FIRST_DAY)),
            "valid_to": F.coalesce("valid_to", F.lit(LAST_DAY)),
            "is_current": F.coalesce("is_current", F.lit(True)),
        }
    texts = {
        column.name: F.coalesce(column.name, F.lit(UNKNOWN))
        for column in table.columns
        if column.type == "string" and column.required and column.name not in {"source", natural_id}
    }
    chosen = own | texts
    return together.select(*[chosen.get(name, F.col(name)).alias(name) for name in table.column_names])


def known_and_inferred() -> dict[str, tuple[str, str]]:
    """What a dimension reconciles with its entity: as many known members as the entity has rows."""
    return {"known members": (f"count_if(not is_inferred and source <> '{NOBODY}')", "count(*)")}
