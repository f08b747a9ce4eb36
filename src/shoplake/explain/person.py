"""Who counts as one person with a customer, and why."""

from __future__ import annotations

from pathlib import Path

from shoplake.contract import FIRST_DAY
from shoplake.errors import QueryError
from shoplake.warehouse.query import Answer, ask

# Each customer has one first version, and one row that says whose account it is.
_PERSON = """
    WITH names AS (SELECT customer_key, source, customer_id FROM dim_customer WHERE valid_from = DATE '{first}')
    SELECT who.source, who.customer_id, rule, other.source AS matched_source, other.customer_id AS matched_customer_id,
        not_linked_by, customer_key, person_key
    FROM customer_identity JOIN names who USING (customer_key)
    LEFT JOIN names other ON other.customer_key = matched_customer_key
    WHERE person_key = (SELECT person_key FROM customer_identity JOIN names USING (customer_key)
        WHERE source = {source} AND customer_id = {customer_id})
    ORDER BY customer_key"""


def person(warehouse: Path, source: str, customer_id: str) -> Answer:
    """The customers who are one person with this one, each with the rule and the customer that link it."""
    named = {"source": _text(source), "customer_id": _text(customer_id)}
    found = ask(warehouse, _PERSON.format(first=FIRST_DAY, **named))
    if not found.rows:
        remedy = '`shoplake query "select source, customer_id from dim_customer"` lists them'
        raise QueryError("there is no such customer", where=f"{source} {customer_id}", remedy=remedy)
    return found


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
