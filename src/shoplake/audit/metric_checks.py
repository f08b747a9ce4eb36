"""Additive metrics by every kind of dimension, asked of gold and worked out from the truth alone."""

from __future__ import annotations

from pathlib import Path

from shoplake.audit.compare import Check
from shoplake.contract.business import Business
from shoplake.metrics.catalog import project_catalog
from shoplake.metrics.dialects import render
from shoplake.metrics.question import question
from shoplake.metrics.sql import select

# A metric -> what it sums over the true movements, in euro.
_SUMS = {
    "gross_sales": "gross_amount * rate * is_sale",
    "cancellations": "gross_amount * rate * is_cancelled",
    "discounts": "(discount_amount + order_discount_amount) * rate * is_sale",
    "sales": "sales_amount * rate * is_sale",
    "returns": "return_amount * rate",
    "net_sales": "sales_amount * rate * is_sale - return_amount * rate",
    "shipping_revenue": "shipping_amount * rate * is_sale",
    "cost": "quantity * unit_cost * is_sale - return_quantity * unit_cost",
    "units": "quantity * is_sale",
    "returned_units": "return_quantity",
    "lines": "is_sale",
}
# A dimension -> its value in the true movements.
_DIMENSIONS = {
    "date": "day",
    "month": "strftime(day, '%Y-%m')",
    "quarter": "year(day) || '-Q' || quarter(day)",
    "week": "strftime(day, '%G-W%V')",
    "is_weekend": "isodow(day) > 5",
    "channel": "coalesce(channel, 'Unknown')",
    "currency": "currency",
    "store_id": "coalesce(store_id, '')",
    "product_id": "product_id::VARCHAR",
    **{name: f"coalesce({name}, 'Unknown')" for name in ("department", "category", "brand")},
    **{name: f"coalesce({name}, 'Unknown')" for name in ("gender", "income_band", "household_size", "children_count")},
    **{name: f"coalesce({name}, 'Unknown')" for name in ("home_ownership", "marital_status", "country", "region")},
    "age_band": """CASE WHEN birth_date IS NULL THEN 'Unknown' WHEN age < 18 THEN '0-17' WHEN age < 25 THEN '18-24'
        WHEN age < 35 THEN '25-34' WHEN age < 45 THEN '35-44' WHEN age < 55 THEN '45-54' WHEN age < 65 THEN '55-64'
        ELSE '65+' END""",
}
# Lines on the day of their order and returns on their own, with the versions of the purchase; a rate holds on its day
# and is the other way round than told.
TRUE_MOVEMENTS = """
    CREATE TEMP TABLE true_movements AS
    WITH movements AS (
        SELECT order_date AS day, order_date AS bought_on, customer_id, product_id, store_id, channel, currency,
            quantity, gross_amount, discount_amount, order_discount_amount, shipping_amount,
            net_amount - order_discount_amount AS sales_amount, 0 AS return_quantity, 0 AS return_amount,
            is_sale::INTEGER AS is_sale, (status = 'cancelled' AND NOT is_test)::INTEGER AS is_cancelled
        FROM truth.lines WHERE order_date IS NOT NULL
        UNION ALL
        SELECT r.return_date, coalesce(o.order_date, r.return_date), r.customer_id, r.product_id, r.store_id, o.channel,
            r.currency, 0, 0, 0, 0, 0, 0, r.return_quantity, r.return_amount, 0, 0
        FROM truth.returns r LEFT JOIN truth.orders o USING (order_id) WHERE NOT coalesce(o.is_test, false)
    )
    SELECT m.*, c.* EXCLUDE (customer_id, valid_from, valid_to), p.department, p.category, p.brand, p.unit_cost,
        datesub('year', c.birth_date, m.bought_on) AS age,
        CASE WHEN m.currency = 'EUR' THEN 1 ELSE round(1 / r.rate::DOUBLE, 12)::DECIMAL(19, 12) END AS rate
    FROM movements m
    LEFT JOIN truth.rates r ON r.currency = m.currency AND r.rate_date = m.bought_on
    ASOF LEFT JOIN truth.customers c ON m.customer_id = c.customer_id AND m.bought_on >= c.valid_from
    ASOF LEFT JOIN truth.products p ON m.product_id = p.product_id AND m.bought_on >= p.valid_from
    WHERE is_sale + is_cancelled > 0 OR return_amount > 0"""


def metric_checks(project: Path, business: Business) -> list[Check]:
    """A check for each dimension, of all metrics at once."""
    catalog = project_catalog(project, business)
    found = []
    for dimension, value in _DIMENSIONS.items():
        sums = ", ".join(f"sum({sql}) AS {name}" for name, sql in _SUMS.items())
        expected = f"SELECT {value} AS {dimension}, {sums} FROM true_movements GROUP BY 1"
        asked = render(select(question(catalog, list(_SUMS), by=[dimension])), "duckdb")
        found.append(Check(f"metrics by {dimension}", expected, asked, (dimension,)))
    return found
