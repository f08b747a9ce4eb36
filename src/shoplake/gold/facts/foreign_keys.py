"""The keys that every fact carries to its dimensions."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, Link
from shoplake.gold.dimensions.customer import CUSTOMER_KEY, CUSTOMER_VERSION_KEY
from shoplake.gold.dimensions.product import PRODUCT_KEY, PRODUCT_VERSION_KEY
from shoplake.gold.dimensions.store import STORE_KEY
from shoplake.gold.keys import durable_key, version_key

OF_ORDER = (CUSTOMER_KEY, CUSTOMER_VERSION_KEY, STORE_KEY)
FOREIGN_KEYS = (CUSTOMER_KEY, CUSTOMER_VERSION_KEY, PRODUCT_KEY, PRODUCT_VERSION_KEY, STORE_KEY)

# A first version has a key that its natural id tells.
IS_LATER = f"valid_from > date'{FIRST_DAY}'"


def links_to_versions(*, customers: str, products: str) -> dict[str, Link]:
    """How a change of versions touches a fact, of which `customers` and `products` are read to name them."""
    return {
        "dim_customer": Link(("source", "customer_id"), ("valid_from", "birth_date", "age_band"), customers),
        "dim_product": Link(("source", "product_id"), ("valid_from",), products, where=IS_LATER),
    }


def with_store_key(rows: DataFrame) -> DataFrame:
    """Add the key of `store_id`; -1 where it is null."""
    return rows.withColumn(STORE_KEY.name, durable_key("source", "store_id"))


def with_customer_keys(rows: DataFrame, customers: DataFrame, day: str) -> DataFrame:
    """Add the keys of `customer_id` and of its version on `day`; -1 where the id is null."""
    return _with_version(rows, customers, "customer", day)


def with_product_keys(rows: DataFrame, products: DataFrame, day: str) -> DataFrame:
    """Add the keys of `product_id` and of its version on `day`; -1 where the id is null."""
    return _with_version(rows, products, "product", day)


def _with_version(rows: DataFrame, dimension: DataFrame, noun: str, day: str) -> DataFrame:
    """The version that holds on a day: the first one where the day is null, after a deletion the last one.

    Only later versions are looked up: most things have one, whose key can be computed.
    """
    key, version = f"{noun}_key", f"{noun}_version_key"
    of_key = Window.partitionBy(key).orderBy("valid_from")
    later = dimension.where(IS_LATER).select(
        F.col(key).alias("_key"),
        F.col(version).alias("_version"),
        F.col("valid_from").alias("_since"),
        F.lead("valid_from").over(of_key).alias("_until"),  # null: a sorted join takes other values for never null
    )
    is_in_it = (F.col(day) >= F.col("_since")) & ((F.col(day) < F.col("_until")) | F.col("_until").isNull())
    keyed = rows.withColumn(key, durable_key("source", f"{noun}_id"))
    joined = keyed.join(later, on=(F.col(key) == F.col("_key")) & is_in_it, how="left")
    found = F.coalesce("_version", version_key("source", f"{noun}_id"))
    return joined.withColumn(version, found).drop("_key", "_version", "_since", "_until")
