"""The vocabulary of declarations: column, table, rule, reason. Knows nothing of engines or files."""

from shoplake.contract.column import Column, Date, Money, Text
from shoplake.contract.order import in_order
from shoplake.contract.reason import Reason
from shoplake.contract.table import NO_EXTRAS, Check, Extras, Reconciliation, Reference, Table

__all__ = [
    "NO_EXTRAS",
    "Check",
    "Column",
    "Date",
    "Extras",
    "Money",
    "Reason",
    "Reconciliation",
    "Reference",
    "Table",
    "Text",
    "in_order",
]
