"""What must agree, from the finest grain to the coarsest, and both sides of it in SQL."""

from __future__ import annotations

from shoplake.audit.compare import Check

_MEASURES = """count(*) AS line_count, sum(quantity) AS unit_quantity, sum(gross_amount) AS gross_amount,
    sum(discount_amount) AS discount_amount, sum(net_amount) AS net_amount"""
_MART = "line_count, unit_quantity, gross_amount, discount_amount, net_amount"
_LINE = """order_id, line_number, order_date, ordered_at, customer_id, product_id, store_id, status, channel, currency,
    is_test, is_guest, quantity, gross_amount, discount_amount, net_amount, promotion_code, order_discount_amount,
    shipping_amount, tax_amount, included_tax_amount, sales_amount"""
_RETURN = """return_id, line_number, order_id, return_date, returned_at, customer_id, product_id, store_id,
    return_quantity, return_amount, currency, return_reason"""
_CUSTOMER = """customer_id, birth_date, gender, income_band, household_size, children_count, home_ownership,
    marital_status, country, region, city, first_name, last_name, email, address, valid_from, valid_to"""
_PRODUCT = """product_id, name, department, category, subcategory, brand, list_price, unit_cost, valid_from,
    valid_to"""
_STORE = "store_id, store_name, store_time_zone, store_country, store_region, store_city"
_ORDER = """order_id, customer_id, store_id, ordered_at, order_date, status, channel, currency, is_test, is_guest,
    order_discount_amount, shipping_amount"""
_DEMOGRAPHICS = ("gender", "income_band", "household_size", "children_count", "home_ownership", "marital_status")
_PLACES = ("country", "region", "city")

# No tax is told; what the shop receives is what the line costs less its share of the voucher.
_LINES = """(SELECT *, 0 AS tax_amount, 0 AS included_tax_amount, net_amount - order_discount_amount AS sales_amount
    FROM truth.lines)"""
# A fact with the ids that its keys stand for; member -1 has none.
_WITH_IDS = """{fact} JOIN gold.dim_customer USING (customer_version_key) JOIN gold.dim_product
    USING (product_version_key) JOIN gold.dim_store USING (store_key)"""
_IDS = ", ".join(f"nullif({noun}_id, '') AS {noun}_id" for noun in ("customer", "product", "store"))
_EXCLUDED = "EXCLUDE (customer_id, product_id, store_id)"
_PROMOTED = """gold.fact_sales JOIN (SELECT promotion_key, nullif(promotion_id, '') AS promotion_code
    FROM gold.dim_promotion) USING (promotion_key)"""
# Sales as the dimensions show them, worked out from the truth alone.
_SALES = f"""(SELECT l.*, {", ".join(f"coalesce(c.{d}, 'Unknown') AS {d}" for d in (*_DEMOGRAPHICS, *_PLACES))},
    coalesce(p.department, 'Unknown') AS department, coalesce(p.category, 'Unknown') AS category
    FROM truth.lines l
    ASOF LEFT JOIN truth.customers c ON l.customer_id = c.customer_id AND l.order_date >= c.valid_from
    ASOF LEFT JOIN truth.products p ON l.product_id = p.product_id AND l.order_date >= p.valid_from
    WHERE l.is_sale)"""
# What names its members; columns in which a text that isn't known is «Unknown»; others.
_DIMENSIONS = {
    "customer": (("orders", "returns"), (*_DEMOGRAPHICS, *_PLACES), ("birth_date",)),
    "product": (
        ("lines", "returns"),
        ("name", "department", "category", "subcategory", "brand"),
        ("list_price", "unit_cost"),
    ),
    "store": (
        ("orders", "returns"),
        ("store_name", "store_country", "store_region", "store_city"),
        ("store_time_zone",),
    ),
}
# Of what a version is kept, and what is as it was told last.
_TRACKED = {
    "customer": (*_DEMOGRAPHICS, *_PLACES),
    "product": ("department", "category", "subcategory", "brand", "list_price", "unit_cost"),
}
_OVERWRITTEN = {"customer": ("birth_date", "first_name", "last_name", "email", "address"), "product": ("name",)}
_DAILY = ("order_date", *_DEMOGRAPHICS, *_PLACES, "department", "category", "channel", "currency")


def checks(as_of: str) -> list[Check]:
    """The checks over the schemas `truth`, `silver` and `gold`; `as_of` is the reference date of what is published."""
    return [*_of_facts(), *_of_silver(), *_of_members(), *_of_sums(), *_of_marts(as_of)]


def versions(told: str, noun: str) -> str:
    """The versions of a thing from all that was truly told of it, `gone_on` being the day from which it is gone."""
    tracked = ", ".join(_TRACKED[noun])
    last = ", ".join(f"last({name} ORDER BY valid_from) OVER whole AS {name}" for name in _OVERWRITTEN[noun])
    return f"""SELECT * REPLACE (
            CASE WHEN lag(valid_from) OVER of_id IS NULL THEN DATE '1900-01-01' ELSE valid_from END AS valid_from
        ), coalesce(lead(valid_from) OVER of_id, gone_on, DATE '9999-12-31') AS valid_to
        FROM (SELECT * REPLACE ({last}) FROM ({told}) WINDOW whole AS (PARTITION BY {noun}_id)
            QUALIFY lag(row({tracked})) OVER (PARTITION BY {noun}_id ORDER BY valid_from) IS DISTINCT FROM
                row({tracked}))
        WINDOW of_id AS (PARTITION BY {noun}_id ORDER BY valid_from)"""


def _of_facts() -> list[Check]:
    found = f"(SELECT * {_EXCLUDED}, {_IDS} FROM {_WITH_IDS})"
    sales, returns = found.format(fact=_PROMOTED), found.format(fact="gold.fact_returns")
    return [
        Check(
            "fact_sales, line by line",
            f"SELECT {_LINE} FROM {_LINES}",
            f"SELECT {_LINE} FROM {sales}",
            ("order_id", "line_number"),
        ),
        Check(
            "fact_returns, line by line",
            f"SELECT {_RETURN} FROM truth.returns",
            f"SELECT {_RETURN} FROM {returns}",
            ("return_id", "line_number"),
        ),
    ]


def _of_silver() -> list[Check]:
    wanted = {"customer": _CUSTOMER, "product": _PRODUCT, "store": _STORE, "order": _ORDER}
    return [
        Check(
            f"silver.{entity}, {'version by version' if entity in _TRACKED else 'the latest state'}",
            f"SELECT {columns} FROM truth.{entity}s",
            f'SELECT {columns} FROM silver."{entity}"',
            (f"{entity}_id", *(("valid_from",) if entity in _TRACKED else ())),
            is_personal=entity == "customer",
        )
        for entity, columns in wanted.items()
    ]


def _of_members() -> list[Check]:
    """Each version, and each id that is only named: whether it is inferred, and what is shown of it."""
    found = []
    for noun, (tables, texts, others) in _DIMENSIONS.items():
        named = " UNION ".join(f"SELECT {noun}_id FROM truth.{table}" for table in tables)
        shown = ", ".join([*(f"coalesce({name}, 'Unknown') AS {name}" for name in texts), *others])
        if noun in _TRACKED:
            shown += ", coalesce(valid_from, DATE '1900-01-01') AS valid_from"
            others = (*others, "valid_from")
        expected = f"""SELECT {noun}_id, is_inferred, {shown} FROM (SELECT *, false AS is_inferred FROM truth.{noun}s
            UNION ALL BY NAME SELECT {noun}_id, true AS is_inferred FROM ({named}) WHERE {noun}_id IS NOT NULL
            AND {noun}_id NOT IN (SELECT {noun}_id FROM truth.{noun}s))"""
        columns = ", ".join([f"{noun}_id", "is_inferred", *texts, *others])
        there = f"SELECT {columns} FROM gold.dim_{noun} WHERE source <> ''"
        keys = (f"{noun}_id", *(("valid_from",) if noun in _TRACKED else ()))
        found.append(Check(f"dim_{noun}, known and inferred", expected, there, keys, noun == "customer"))
    return found


def _of_sums() -> list[Check]:
    """Counts and sums as a report asks for them: over the facts and dimensions, not the marts."""
    found = f"""(SELECT * FROM {_WITH_IDS.format(fact="gold.fact_sales")}
        JOIN gold.dim_date ON date = order_date WHERE status <> 'cancelled' AND NOT is_test)"""
    expected = f"(SELECT *, strftime(order_date, '%Y-%m') AS year_month FROM {_SALES})"
    by = {"day": "order_date", "month": "year_month", "store": "coalesce(store_id, '')"}
    by |= {"category": "category", **{name: name for name in ("gender", "income_band", "country")}}
    select = (
        "SELECT {by} AS grain, currency, count(DISTINCT order_id) AS order_count, "
        + _MEASURES
        + " FROM {rows} GROUP BY 1, 2"
    )
    return [
        Check(
            f"sales by {name} and currency",
            select.format(by=column, rows=expected),
            select.format(by=column, rows=found),
            ("grain", "currency"),
        )
        for name, column in by.items()
    ]


def _of_marts(as_of: str) -> list[Check]:
    """The marts worked out from the truth; what they say of ages isn't compared."""
    daily = ", ".join(_DAILY)
    sums = ", ".join(f"sum({name}) AS {name}" for name in _MART.split(", "))
    return [
        Check(
            "mart_sales_daily, but for age",
            f"SELECT {daily}, {_MEASURES} FROM {_SALES} GROUP BY ALL",
            f"SELECT {daily}, {sums} FROM gold.mart_sales_daily GROUP BY ALL",
            _DAILY,
        ),
        Check(
            "mart_customer",
            f"""SELECT *, CASE WHEN order_count = 1 THEN 'new' ELSE 'returning' END AS customer_type,
                date_diff('day', last_order_date, DATE '{as_of}') AS recency_days,
                {_quintile("last_order_date")} AS recency_score, {_quintile("order_count")} AS frequency_score,
                {_quintile("reporting_sales_amount")} AS monetary_score
            FROM (SELECT customer_id, count(DISTINCT order_id) AS order_count, count(*) AS line_count,
                sum(quantity) AS unit_quantity, coalesce(sum(sales_amount * rate), 0) AS reporting_sales_amount,
                min(order_date) AS first_order_date, max(order_date) AS last_order_date
                FROM {_LINES} l LEFT JOIN gold.fact_exchange_rate r
                ON l.currency = r.currency AND l.order_date = r.rate_date
                WHERE is_sale AND customer_id IS NOT NULL AND order_date < DATE '{as_of}' GROUP BY 1)""",
            """SELECT customer_id, order_count, line_count, unit_quantity, reporting_sales_amount, first_order_date,
                last_order_date, customer_type, recency_days, recency_score, frequency_score, monetary_score
                FROM gold.mart_customer JOIN (SELECT DISTINCT customer_key, customer_id FROM gold.dim_customer)
                USING (customer_key)""",
            ("customer_id",),
            is_personal=True,
        ),
    ]


def _quintile(measure: str) -> str:
    return f"1 + ((rank() OVER (ORDER BY {measure}) - 1) * 5) // count(*) OVER ()"
