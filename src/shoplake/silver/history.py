"""From the states that a source told of a thing to its versions."""

from __future__ import annotations

from datetime import timedelta

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, LAST_DAY, VALIDITY, Table
from shoplake.silver.change import DELETED, UNCHANGED, alone_and_together, ordered, row_hash


def told_days() -> list[Expression]:
    """`VALIDITY` of a state as it was told: the days, in the source's zone, from and until which it holds; until null
    it holds as long as nothing else is told."""
    since, until = (_day(name) for name in ("_effective_at", "_holds_until"))
    told = (F.coalesce(since, F.lit(FIRST_DAY)), until, F.lit(None).cast("boolean"))
    return [value.alias(column.name) for value, column in zip(told, VALIDITY, strict=True)]


def _day(instant: str) -> Expression:
    """The day in the source's zone, within those that a version may begin on."""
    day = F.to_date(F.from_utc_timestamp(instant, F.col("_time_zone")))
    last = F.lit(LAST_DAY - timedelta(days=1))
    return F.when(day < F.lit(FIRST_DAY), F.lit(FIRST_DAY)).when(day > last, last).otherwise(day)


def with_versions(states: DataFrame, entity: Table) -> DataFrame:
    """Give each state its `_fate` and, where that is null, the validity of the version that it opens.

    States of one key and day: the last one holds, the others are superseded or deduplicated. A state that ends when it
    begins deletes. One whose tracked columns are as before is unchanged and prolongs the version. A version is
    half-open, ends where another state begins or absence was told, and the first one holds since ever. Columns that
    aren't tracked have the values of the key's last state in all versions.
    """
    single, several = alone_and_together(states, list(entity.mapped.key))
    end = F.coalesce("valid_to", F.lit(LAST_DAY))
    lone = single.withColumn("_fate", F.when(end <= F.col("valid_from"), DELETED))
    since = F.when(F.col("_fate").isNull(), F.lit(FIRST_DAY)).otherwise(F.col("valid_from"))
    known = lone.withColumns({"valid_from": since, "valid_to": end, "is_current": end == F.lit(LAST_DAY)})
    return _of_several(several, entity).unionByName(known)


def _of_several(states: DataFrame, entity: Table) -> DataFrame:
    key, content = list(entity.mapped.key), entity.mapped.content
    tracked = [column.name for column in entity.columns if column.tracked]
    # Each step looks at what the one before left over; the other rows lie in partitions of their own.
    rows = ordered(states, [*key, "valid_from"], content).withColumn("_step", F.col("_fate").isNull())
    following = F.lead("valid_from").over(_by_day(key))
    end = F.least(F.coalesce(following, F.lit(LAST_DAY)), F.coalesce("valid_to", F.lit(LAST_DAY)))
    rows = rows.withColumn("valid_to", end).withColumn("_step", F.col("_step") & (end > F.col("valid_from")))
    rows = rows.withColumn(
        "_fate", F.when(F.col("_fate").isNull() & ~F.col("_step"), DELETED).otherwise(F.col("_fate"))
    )
    rows = rows.withColumn("_tracked", row_hash([*key, *tracked]))
    before, until = (F.lag(name).over(_by_day(key)) for name in ("_tracked", "valid_to"))
    is_as_before = F.coalesce((before == F.col("_tracked")) & (until == F.col("valid_from")), F.lit(False))
    rows = rows.withColumn("_fate", F.when(F.col("_step") & is_as_before, UNCHANGED).otherwise(F.col("_fate")))
    opens = F.col("_fate").isNull().cast("int")
    rows = rows.withColumn("_version", F.sum(opens).over(_by_day(key)))
    every = _by_day(key).rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    of_version = Window.partitionBy(*key, "_step", "_version")
    settled = {name: F.last(name).over(every) for name in content if name not in tracked}
    settled |= {
        "valid_from": F.when(F.col("_version") == 1, F.lit(FIRST_DAY)).otherwise(F.col("valid_from")),
        "valid_to": F.max("valid_to").over(of_version),
    }
    chosen = {name: F.when(F.col("_step"), value).otherwise(F.col(name)) for name, value in settled.items()}
    return (
        rows.withColumns(chosen).withColumn("is_current", F.col("valid_to") == F.lit(LAST_DAY)).select(*states.columns)
    )


def _by_day(key: list[str]) -> WindowSpec:
    return Window.partitionBy(*key, "_step").orderBy("valid_from")
