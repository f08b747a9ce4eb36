"""The overview as it is usually built: Streamlit asks the warehouse by SQL. Run by dashboard.py."""

from __future__ import annotations

import os

import duckdb
import streamlit as st

COLUMNS = {"channel": "f.channel", "department": "p.department", "gender": "c.gender", "age_band": "f.age_band"}
LINES = """FROM fact_sales f JOIN dim_product p USING (product_version_key)
    JOIN dim_customer c USING (customer_version_key)
    JOIN fact_exchange_rate r ON r.currency = f.currency AND r.rate_date = f.rate_date WHERE counts_as = 'sale'"""


@st.cache_resource
def warehouse() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(os.environ["WAREHOUSE"], read_only=True, config={"threads": 2})


def ask(sql: str) -> list[tuple]:
    cursor = warehouse().cursor()
    cursor.execute("USE gold")
    return cursor.execute(sql).fetchall()


@st.cache_data
def values(column: str) -> list[str]:
    return [value for (value,) in ask(f"SELECT DISTINCT coalesce({column}, 'Unknown') {LINES} ORDER BY 1")]


st.set_page_config(layout="wide")
((last,),) = ask("SELECT max(order_date) FROM fact_sales")
now, before = (
    f"order_date > DATE '{last}' - {365 * n} AND order_date <= DATE '{last}' - {365 * (n - 1)}" for n in (1, 2)
)
condition = "".join(
    f" AND coalesce({column}, 'Unknown') IN ({', '.join(repr(value) for value in chosen)})"
    for name, column in COLUMNS.items()
    if (chosen := st.pills(name, values(column), selection_mode="multi"))
)
sales = "sum(sales_amount * rate)"
each = f"""SELECT {sales}, count(DISTINCT order_id), count(DISTINCT f.customer_key),
    {sales} / count(DISTINCT order_id), sum(discount_amount) / sum(gross_amount),
    sum(quantity) / count(DISTINCT order_id) {LINES}{condition}"""
((*told,),), ((*earlier,),) = ask(f"{each} AND {now}"), ask(f"{each} AND {before}")
titles = ("Sales", "Orders", "Customers", "Average order", "Discount rate", "Units per order")
for place, title, value, old in zip(st.columns(len(titles)), titles, told, earlier, strict=True):
    place.metric(title, f"{value or 0:,.2f}", f"{float(value / old - 1):.1%}" if value and old else None)
for title, column in (("month", "order_month"), ("department", "p.department"), ("age", "f.age_band")):
    rows = ask(f"SELECT coalesce({column}, 'Unknown'), {sales} {LINES}{condition} AND {now} GROUP BY 1 ORDER BY 1")
    st.bar_chart({title: [row[0] for row in rows], "sales": [float(row[1]) for row in rows]}, x=title, y="sales")
st.caption("drawn")
