"""From the states that a source told of a thing to its versions."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, LAST_DAY, VALIDITY, Table
from shoplake.silver.change import DELETED, UNCHANGED, latest, row_hash


def told_days() -> list[Expression]:
    """`VALIDITY` of a state as it was told: the days, in the source's zone, from and until which it holds; until null
    it holds as long as nothing else is told."""
    since, until = (_day(name) for name in ("_effective_at", "_holds_until"))
    told = (F.coalesce(since, F.lit(FIRST_DAY)), until, F.lit(None).cast("boolean"))
    return [value.alias(column.name) for value, column in zip(told, VALIDITY, strict=True)]


def _day(instant: str) -> Expression:
    return F.to_date(F.from_utc_timestamp(instant, F.col("_time_zone")))


def with_versions(states: DataFrame, entity: Table) -> DataFrame:
    """Give each state its `_fate` and, where that is null, the validity of the version that it opens.

    States of one key and day: the last one holds, the others are superseded or deduplicated. A state that ends when it
    begins deletes. One whose tracked columns are as before is unchanged and prolongs the version. A version is
    half-open, ends where another state begins or absence was told, and the first one holds since ever. Columns that
    aren't tracked have the values of the key's last state in all versions.
    """
    key, content = list(entity.mapped.key), entity.mapped.content
    of_day = latest(states, [*key, "valid_from"], content)
    by_day = Window.partitionBy(*key).orderBy("valid_from")
    end = F.coalesce(F.least(F.lead("valid_from").over(by_day), "valid_to"), F.lead("valid_from").over(by_day))
    last = of_day.where("_fate is null").withColumn("valid_to", F.coalesce(end, "valid_to", F.lit(LAST_DAY)))
    gone = last.where("valid_to <= valid_from").withColumn("_fate", F.lit(DELETED))
    tracked = [column.name for column in entity.columns if column.tracked]
    hashed = last.where("valid_to > valid_from").withColumn("_tracked", row_hash([*key, *tracked]))
    is_as_before = (F.lag("_tracked").over(by_day) == F.col("_tracked")) & (
        F.lag("valid_to").over(by_day) == F.col("valid_from")
    )
    numbered = hashed.withColumn("_opens", ~F.coalesce(is_as_before, F.lit(False))).withColumn(
        "_version", F.sum(F.col("_opens").cast("int")).over(by_day)
    )
    whole = Window.partitionBy(*key).orderBy("valid_from")
    whole = whole.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    latest_values = {name: F.last(name).over(whole) for name in content if name not in tracked}
    living = numbered.withColumns(
        latest_values
        | {
            "valid_to": F.max("valid_to").over(Window.partitionBy(*key, "_version")),
            "valid_from": F.when(F.col("_version") == 1, F.lit(FIRST_DAY)).otherwise(F.col("valid_from")),
            "_fate": F.when(~F.col("_opens"), UNCHANGED),
        }
    ).withColumn("is_current", F.col("valid_to") == F.lit(LAST_DAY))
    parts = [of_day.where("_fate is not null"), gone, living]
    together = [part.select(*states.columns) for part in parts]
    return together[0].unionByName(together[1]).unionByName(together[2])
