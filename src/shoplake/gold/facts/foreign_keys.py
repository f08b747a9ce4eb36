"""The keys that every fact carries to its dimensions."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.gold.dimensions.customer import CUSTOMER_KEY, CUSTOMER_VERSION_KEY
from shoplake.gold.dimensions.product import PRODUCT_KEY, PRODUCT_VERSION_KEY
from shoplake.gold.dimensions.store import STORE_KEY
from shoplake.gold.keys import durable_key, version_key

FOREIGN_KEYS = (CUSTOMER_KEY, CUSTOMER_VERSION_KEY, PRODUCT_KEY, PRODUCT_VERSION_KEY, STORE_KEY)


def with_foreign_keys(rows: DataFrame) -> DataFrame:
    """Add `FOREIGN_KEYS` from `source` and the natural ids; -1 where an id is null."""
    return rows.withColumns(
        {
            "customer_key": durable_key("source", "customer_id"),
            "customer_version_key": version_key("source", "customer_id"),
            "product_key": durable_key("source", "product_id"),
            "product_version_key": version_key("source", "product_id"),
            "store_key": durable_key("source", "store_id"),
        }
    )
