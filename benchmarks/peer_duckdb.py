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
TYPES = {name: kind for kind, names in KINDS.items() for name in names.split()}
GRAIN = f"order_date {DEMOGRAPHICS} department category channel currency"


def known(names: str) -> str:
    return ", ".join(f"coalesce({name}, 'Unknown') AS {name}" for name in names.split())


# Each file of products holds all of them: the newest one tells what there is.
TABLES = {
    "order_line": """SELECT DISTINCT ON (order_id, line_number) 'generated' AS source, *, true AS is_merchandise
        FROM order_lines""",
    "dim_customer": f"""SELECT 'generated' AS source, customer_id, birth_date, 'Unknown' AS age_band,
        {known(DEMOGRAPHICS)} FROM customers
        QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) = 1""",
    "dim_product": f"SELECT 'generated' AS source, product_id, {known(PRODUCT)}, list_price, unit_cost FROM products",
    '"order"': """SELECT o.*, timezone(coalesce(store_time_zone, 'Europe/Berlin'), ordered_at)::DATE AS order_date
        FROM orders o LEFT JOIN stores USING (store_id)
        QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY updated_at DESC) = 1""",
    "fact_sales": """SELECT * EXCLUDE updated_at FROM order_line LEFT JOIN "order" USING (order_id)""",
    "mart_sales_daily": f"""SELECT {GRAIN.replace(" ", ", ")}, 'Unknown' AS age_band, count(*) AS line_count,
        sum(quantity)::DECIMAL(28,4) AS unit_quantity, sum(gross_amount)::DECIMAL(28,4) AS gross_amount,
        sum(discount_amount)::DECIMAL(28,4) AS discount_amount, sum(net_amount)::DECIMAL(28,4) AS net_amount
        FROM (
            SELECT f.* REPLACE (coalesce(channel, 'Unknown') AS channel), {known(f"{DEMOGRAPHICS} department category")}
            FROM fact_sales f LEFT JOIN dim_customer USING (customer_id) LEFT JOIN dim_product USING (product_id)
            WHERE order_date IS NOT NULL AND coalesce(status, '') NOT IN ('cancelled', 'adjustment')
            AND NOT coalesce(is_test, false)
        ) GROUP BY {GRAIN.replace(" ", ", ")}""",
}


def main() -> None:
    raw, out = Path(sys.argv[1]), Path(sys.argv[2])
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    for feed, columns in COLUMNS.items():
        files = max(raw.glob("products_*.csv")) if feed == "products" else raw / f"{feed}*.csv"
        types = {name: TYPES.get(name, "VARCHAR") for name in columns.split()}
        db.execute(f"CREATE VIEW {feed} AS FROM read_csv('{files}', header = true, columns = {types})")
    for name, sql in TABLES.items():
        db.execute(f"CREATE TABLE {name} AS {sql}")
        if name != '"order"':
            write_deltalake(out / name, db.table(name), mode="overwrite")


if __name__ == "__main__":
    main()
