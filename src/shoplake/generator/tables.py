"""The model's numbers as tables: the truth about orders, lines and returns, and what the feeds tell of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from shoplake.generator.draws import dates, exact, ids, instants, labels
from shoplake.generator.goods import CURRENCIES, STORES
from shoplake.generator.sales import CHANNELS, GUEST, Columns

_STORES = [store for store, *_ in STORES] + [None]
STATUSES = ("completed", "cancelled")
REASONS = ("too small", "changed my mind", "damaged", None)
FIRST_PRODUCT = 10_000


def customer_ids(numbers: np.ndarray) -> pa.Array:
    return ids(numbers + 1)


def product_ids(numbers: np.ndarray) -> pa.Array:
    return ids(numbers + FIRST_PRODUCT)


def orders(rows: Columns) -> dict[str, pa.Array]:
    """One row per order."""
    return {
        "order_id": ids(rows["order"]),
        "customer_id": customer_ids(rows["customer"]),
        "store_id": labels(rows["store"], _STORES),
        "order_date": dates(rows["order_day"]),
        "ordered_at": instants(rows["ordered_at"]),
        "updated_at": instants(rows["updated_at"]),
        "status": labels(rows["status"], STATUSES),
        "channel": labels(rows["channel"], CHANNELS),
        "currency": labels(rows["currency"], CURRENCIES),
        "is_test": pa.array(rows["is_test"]),
        "is_guest": pa.array(rows["customer"] == GUEST),
    }


def lines(rows: Columns, codes: Sequence[str], scale: int) -> dict[str, pa.Array]:
    """One row per order line; amounts have so many places."""
    return {
        "order_id": ids(rows["order"]),
        "line_number": pa.array(rows["line"].astype(np.int32)),
        "product_id": product_ids(rows["product"]),
        "quantity": exact(rows["quantity"] * 10 ** (scale * (scale > 2)), scale * (scale > 2)),
        **{f"{name}_amount": exact(rows[name] * 10 ** (scale - 2), scale) for name in ("gross", "discount", "net")},
        "promotion_code": labels(rows["promotion"], codes),
    }


def returns(rows: Columns, scale: int) -> dict[str, pa.Array]:
    """One row per returned line."""
    return {
        "return_id": ids(rows["return"]),
        "line_number": pa.array(rows["line"].astype(np.int32)),
        "order_id": ids(rows["order"]),
        "product_id": product_ids(rows["product"]),
        "customer_id": customer_ids(rows["customer"]),
        "store_id": labels(rows["store"], _STORES),
        "returned_at": instants(rows["returned_at"]),
        "return_date": dates(rows["return_day"]),
        "return_quantity": exact(rows["quantity"] * 10 ** (scale * (scale > 2)), scale * (scale > 2)),
        "return_amount": exact(rows["amount"] * 10 ** (scale - 2), scale),
        "currency": labels(rows["currency"], CURRENCIES),
        "return_reason": labels(rows["reason"], REASONS),
    }
