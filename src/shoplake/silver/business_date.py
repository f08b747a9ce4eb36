"""The day on which the shop counts an event."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def with_business_date(rows: DataFrame, stores: DataFrame, *, day: str, instant: str) -> DataFrame:
    """Fill in `day` where it is null: the date of `instant` in the store's zone, else in the source's.

    `rows` hold `source`, `store_id` and `_time_zone`; a store is unique by (source, store_id).
    """
    zones = stores.where("store_time_zone is not null").select("source", "store_id", "store_time_zone")
    zone = F.coalesce("store_time_zone", "_time_zone")
    local_day = F.to_date(F.from_utc_timestamp(instant, zone))
    with_zone = rows.join(F.broadcast(zones), on=["source", "store_id"], how="left")
    return with_zone.withColumn(day, F.coalesce(day, local_day))
