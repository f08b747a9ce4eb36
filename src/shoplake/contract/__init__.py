"""The vocabulary of declarations: column, table, rule, reason. Knows nothing of engines or files."""

from shoplake.contract.column import Column, Date, Money, Text
from shoplake.contract.order import in_order
from shoplake.contract.reason import Reason
from shoplake.contract.rebuild import Link, Rebuild
from shoplake.contract.table import NO_EXTRAS, Check, Extras, Reconciliation, Reference, Table
from shoplake.contract.title import title_of, told_apart
from shoplake.contract.validity import FIRST_DAY, LAST_DAY, VALIDITY
from shoplake.contract.view import View

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "NO_EXTRAS",
    "VALIDITY",
    "Check",
    "Column",
    "Date",
    "Extras",
    "Link",
    "Money",
    "Reason",
    "Rebuild",
    "Reconciliation",
    "Reference",
    "Table",
    "Text",
    "View",
    "in_order",
    "title_of",
    "told_apart",
]
