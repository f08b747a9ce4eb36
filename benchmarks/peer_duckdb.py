"""The slice as a competent user of DuckDB and delta-rs would write it: from the files in RAW to tables in OUT.

python benchmarks/peer_duckdb.py RAW OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from deltalake import write_deltalake

COLUMNS = {
    "order_lines": "order_id line_number product_id quantity gross_amount discount_amount net_amount promotion_code",
    "orders": "order_id customer_id store_id ordered_at updated_at status channel currency is_test is_guest",
    "customers": "customer_id valid_from gender birth_date income_band household_size children_count marital_status "
    "home_ownership first_name last_name email address city region country",
    "products": "product_id name department category subcategory brand list_price unit_cost",
    "stores": "store_id store_name store_time_zone store_country store_region store_city",
}
KINDS = {
    "INTEGER": "line_number",
    "DECIMAL(18,4)": "quantity gross_amount discount_amount net_amount list_price unit_cost",
    "TIMESTAMPTZ": "ordered_at updated_at",
    "DATE": "valid_from birth_date",
    "BOOLEAN": "is_test is_guest",
}
DEMOGRAPHICS = "gender income_band household_size children_count home_ownership marital_status country region city"
PRODUCT = "name department category subcategory brand"
TRACKED = "department category subcategory brand list_price unit_cost"
TYPES = {name: kind for kind, names in KINDS.items() for name in names.split()}
GRAIN = f"order_date {DEMOGRAPHICS} department category channel currency"


def known(names: str) -> str:
    return ", ".join(f"coalesce({name}, 'Unknown') AS {name}" for name in names.split())


def versions(told: str, noun: str, columns: str, tracked: str) -> str:
    """A version for each change of what is tracked; `until` is the day from which a thing is known to be gone."""
    return f"""WITH changed AS (FROM ({told}) QUALIFY row({tracked}) IS DISTINCT FROM
            lag(row({tracked})) OVER (PARTITION BY {noun}_id ORDER BY since))
        SELECT 'generated' AS source, {columns}, coalesce(lead(since) OVER w, until, DATE '9999-12-31') AS valid_to,
            CASE WHEN row_number() OVER w = 1 THEN DATE '1900-01-01' ELSE since END AS valid_from
        FROM changed WINDOW w AS (PARTITION BY {noun}_id ORDER BY since)"""


# What isn't tracked is as it was told last. Each file of products holds all of them.
LAST = "OVER (PARTITION BY {0}_id ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
CUSTOMERS = f"""SELECT * REPLACE (last_value(birth_date) {LAST.format("customer")} AS birth_date) FROM (
    SELECT * RENAME (valid_from AS since), NULL::DATE AS until FROM customers)"""
DAY = r"regexp_extract(filename, '\d{4}-\d\d-\d\d')::DATE"
PRODUCTS = f"""SELECT p.* REPLACE (last_value(name) {LAST.format("product")} AS name), next_day AS until
    FROM (SELECT *, {DAY} AS since, max({DAY}) OVER (PARTITION BY product_id) AS seen FROM products) p
    JOIN snapshots ON day = seen"""
TABLES = {
    "snapshots": f"""SELECT day, lead(day) OVER (ORDER BY day) AS next_day
        FROM (SELECT DISTINCT {DAY} AS day FROM products)""",
    "order_line": """SELECT DISTINCT ON (order_id, line_number) 'generated' AS source, *, true AS is_merchandise
        FROM order_lines""",
    "dim_customer": versions(
        CUSTOMERS,
        "customer",
        f"customer_id, birth_date, 'Unknown' AS age_band, {known(DEMOGRAPHICS)}",
        DEMOGRAPHICS.replace(" ", ", "),
    ),
    "dim_product": versions(
        PRODUCTS, "product", f"product_id, {known(PRODUCT)}, list_price, unit_cost", ", ".join(TRACKED.split())
    ),
    '"order"': """SELECT o.*, timezone(coalesce(store_time_zone, 'Europe/Berlin'), ordered_at)::DATE AS order_date
        FROM orders o LEFT JOIN stores USING (store_id)
        QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY updated_at DESC) = 1""",
    "fact_sales": """SELECT l.*, o.* EXCLUDE (order_id, updated_at, since),
            coalesce(o.since, DATE '1900-01-01') AS customer_since,
            coalesce(p.valid_from, DATE '1900-01-01') AS product_since
        FROM order_line l LEFT JOIN (SELECT o.*, valid_from AS since FROM "order" o ASOF LEFT JOIN dim_customer c
            ON o.customer_id = c.customer_id AND o.order_date >= c.valid_from) o USING (order_id)
        ASOF LEFT JOIN dim_product p ON l.product_id = p.product_id AND o.order_date >= p.valid_from""",
    "mart_sales_daily": f"""SELECT {GRAIN.replace(" ", ", ")}, 'Unknown' AS age_band, count(*) AS line_count,
        sum(quantity)::DECIMAL(28,4) AS unit_quantity, sum(gross_amount)::DECIMAL(28,4) AS gross_amount,
        sum(discount_amount)::DECIMAL(28,4) AS discount_amount, sum(net_amount)::DECIMAL(28,4) AS net_amount
        FROM (
            SELECT f.* REPLACE (coalesce(channel, 'Unknown') AS channel), {known(f"{DEMOGRAPHICS} department category")}
            FROM fact_sales f
            LEFT JOIN dim_customer c ON f.customer_id = c.customer_id AND customer_since = c.valid_from
            LEFT JOIN dim_product p ON f.product_id = p.product_id AND product_since = p.valid_from
            WHERE order_date IS NOT NULL AND coalesce(status, '') NOT IN ('cancelled', 'adjustment')
            AND NOT coalesce(is_test, false)
        ) GROUP BY {GRAIN.replace(" ", ", ")}""",
}


def main() -> None:
    raw, out = Path(sys.argv[1]), Path(sys.argv[2])
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    for feed, columns in COLUMNS.items():
        types, named = {name: TYPES.get(name, "VARCHAR") for name in columns.split()}, feed == "products"
        options = f"header = true, filename = {named}, columns = {types}"
        db.execute(f"CREATE VIEW {feed} AS FROM read_csv('{raw}/{feed}*.csv', {options})")
    for name, sql in TABLES.items():
        db.execute(f"CREATE TABLE {name} AS {sql}")
        if name not in {"snapshots", '"order"'}:
            write_deltalake(out / name, db.table(name), mode="overwrite")


if __name__ == "__main__":
    main()
