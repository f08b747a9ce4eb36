"""The vocabulary of declarations: column, table, rule, reason. Knows nothing of engines or files."""

from shoplake.contract.column import Column, Date, Money, Text
from shoplake.contract.order import in_order
from shoplake.contract.reason import Reason
from shoplake.contract.table import Check, Reconciliation, Reference, Table

__all__ = ["Check", "Column", "Date", "Money", "Reason", "Reconciliation", "Reference", "Table", "Text", "in_order"]
