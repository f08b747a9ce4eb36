"""dim_store: where it is sold. A store keeps no versions, so it has no version key."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.members import known_and_inferred, members
from shoplake.gold.keys import IS_INFERRED, key_column
from shoplake.silver import order, return_line, store

_ID = ("source", "store_id")
STORE_KEY = key_column("store_key", "the store or site", _ID)
_SHOWN = ("store_name", "store_country", "store_region", "store_city")


def build(table: Table, stores: DataFrame, orders: DataFrame, returns: DataFrame) -> DataFrame:
    return members(table, "store_id", stores, [orders, returns])


TABLE = Table(
    name="gold.dim_store",
    title="Stores",
    meaning="Where it is sold: shops and sites",
    grain="one row per store, and member -1 for orders without a store",
    key=("store_key",),
    columns=(
        STORE_KEY,
        *store.TABLE.pick("source", "store_id"),
        *(column.but(required=True) for column in store.TABLE.pick(*_SHOWN)),
        *store.TABLE.pick("store_time_zone"),
        IS_INFERRED,
    ),
    reads=(store.TABLE, order.TABLE, return_line.TABLE),
    build=build,
    carries=(store.TABLE,),
    durable_key="store_key",
    natural_key=_ID,
    rebuild=Rebuild(_ID, named_in=("order", "return_line")),
    reconciles=(Reconciliation(store.TABLE, known_and_inferred()),),
)
