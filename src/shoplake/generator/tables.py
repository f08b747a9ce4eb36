"""The model's numbers as tables: the truth about orders, lines and returns, and what the feeds tell of it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from shoplake.generator.draws import dates, exact, ids, instants, labels
from shoplake.generator.goods import CURRENCIES, FIRST_PRODUCT, STORES
from shoplake.generator.sales import CHANNELS, GUEST, OF_WHOLE, Columns, Day

_STORES = [store for store, *_ in STORES] + [None]
STATUSES = ("completed", "cancelled")
REASONS = ("too small", "changed my mind", "damaged", None)


def tables(today: Day, codes: Sequence[str]) -> dict[str, pa.Table]:
    """What the feeds of sales tell of a day, and more: the truth takes some columns, the files others."""
    return {
        "orders": orders(today.orders),
        "order_lines": _lines(today.lines, codes),
        "returns": _returns(today.returns),
    }


def orders(rows: Columns) -> pa.Table:
    """One row per order."""
    return pa.table(
        {
            "order_id": ids(rows["order"]),
            "customer_id": ids(rows["customer"] + 1),
            "store_id": labels(rows["store"], _STORES),
            "order_date": dates(rows["order_day"]),
            "ordered_at": instants(rows["ordered_at"]),
            "updated_at": instants(rows["updated_at"]),
            "status": labels(rows["status"], STATUSES),
            "channel": labels(rows["channel"], CHANNELS),
            "currency": labels(rows["currency"], CURRENCIES),
            "is_test": rows["is_test"],
            "is_guest": rows["customer"] == GUEST,
            **_of_whole(rows),
        }
    )


def _lines(rows: Columns, codes: Sequence[str]) -> pa.Table:
    return pa.table(
        {
            "order_id": ids(rows["order"]),
            "line_number": rows["line"],
            "product_id": ids(rows["product"] + FIRST_PRODUCT),
            "quantity": rows["quantity"],
            **{f"{name}_amount": exact(rows[name], 2) for name in ("gross", "discount", "net")},
            "promotion_code": labels(rows["promotion"], codes),
            **_of_whole(rows),
        }
    )


def _of_whole(rows: Columns) -> dict[str, pa.Array]:
    """What an order has as a whole; on a line its share."""
    return {f"{name}_amount": exact(rows[name], 2) for name in OF_WHOLE}


def _returns(rows: Columns) -> pa.Table:
    return pa.table(
        {
            "return_id": ids(rows["return"]),
            "line_number": rows["line"],
            "order_id": ids(rows["order"]),
            "product_id": ids(rows["product"] + FIRST_PRODUCT),
            "customer_id": ids(rows["customer"] + 1),
            "store_id": labels(rows["store"], _STORES),
            "returned_at": instants(rows["returned_at"]),
            "return_date": dates(rows["return_day"]),
            "return_quantity": rows["quantity"],
            "return_amount": exact(rows["amount"], 2),
            "currency": labels(rows["currency"], CURRENCIES),
            "return_reason": labels(rows["reason"], REASONS),
        }
    )
