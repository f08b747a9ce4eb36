"""The keys that every fact carries to its dimensions."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY
from shoplake.gold.dimensions.customer import CUSTOMER_KEY, CUSTOMER_VERSION_KEY
from shoplake.gold.dimensions.product import PRODUCT_KEY, PRODUCT_VERSION_KEY
from shoplake.gold.dimensions.store import STORE_KEY
from shoplake.gold.keys import durable_key, version_key

FOREIGN_KEYS = (CUSTOMER_KEY, CUSTOMER_VERSION_KEY, PRODUCT_KEY, PRODUCT_VERSION_KEY, STORE_KEY)


def with_foreign_keys(rows: DataFrame, customers: DataFrame, products: DataFrame, day: str) -> DataFrame:
    """Add `FOREIGN_KEYS` from `source` and the natural ids; -1 where an id is null.

    A version is the one that holds on `day`; the first one where the day is null, and after a deletion the last one.
    """
    keyed = rows.withColumns({f"{noun}_key": durable_key("source", f"{noun}_id") for noun in _NOUNS})
    return _with_version(_with_version(keyed, customers, "customer", day), products, "product", day)


_NOUNS = ("customer", "product", "store")


def _with_version(rows: DataFrame, dimension: DataFrame, noun: str, day: str) -> DataFrame:
    """Look up the later versions alone: most things have one, whose key can be computed."""
    key, version = f"{noun}_key", f"{noun}_version_key"
    of_key = Window.partitionBy(key).orderBy("valid_from")
    later = dimension.where(F.col("valid_from") > F.lit(FIRST_DAY)).select(
        F.col(key).alias("_key"),
        F.col(version).alias("_version"),
        F.col("valid_from").alias("_since"),
        F.lead("valid_from").over(of_key).alias("_until"),
    )
    is_in_it = (F.col(day) >= F.col("_since")) & ((F.col(day) < F.col("_until")) | F.col("_until").isNull())
    holds = (F.col(key) == F.col("_key")) & is_in_it
    first = version_key("source", f"{noun}_id")
    joined = rows.join(later, on=holds, how="left").withColumn(version, F.coalesce("_version", first))
    return joined.drop("_key", "_version", "_since", "_until")
