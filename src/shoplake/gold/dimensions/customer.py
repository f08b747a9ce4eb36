"""dim_customer: who buys. Contact data stay in silver."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import VALIDITY, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.members import known_and_inferred, members, shown
from shoplake.gold.keys import IS_INFERRED, key_column
from shoplake.silver import customer, order, redemption, return_line

_ID = ("source", "customer_id")
CUSTOMER_KEY = key_column("customer_key", "the customer, whatever the version; count people by it", _ID)
CUSTOMER_VERSION_KEY = key_column("customer_version_key", "the customer as of one period", _ID)
DEMOGRAPHICS = tuple(shown(column) for column in customer.DEMOGRAPHICS)


def build(
    table: Table, customers: DataFrame, orders: DataFrame, returns: DataFrame, redemptions: DataFrame
) -> DataFrame:
    return members(table, "customer_id", customers, [orders, returns, redemptions])


TABLE = Table(
    name="gold.dim_customer",
    title="Customers",
    meaning="Who buys: persons or households with their demographics",
    grain="one row per version of a customer, and member -1 for sales without a customer",
    key=("customer_version_key",),
    columns=(
        CUSTOMER_VERSION_KEY,
        CUSTOMER_KEY,
        *customer.TABLE.pick("source", "customer_id", "birth_date"),
        *DEMOGRAPHICS,
        *VALIDITY,
        IS_INFERRED,
    ),
    reads=(customer.TABLE, order.TABLE, return_line.TABLE, redemption.TABLE),
    build=build,
    carries=(customer.TABLE,),
    durable_key="customer_key",
    natural_key=_ID,
    rebuild=Rebuild(_ID, named_in=("order", "return_line", "redemption")),
    reconciles=(Reconciliation(customer.TABLE, known_and_inferred()),),
)
