"""The tables that metrics are declared over."""

from shoplake import gold

TABLES = {table.name: table for table in gold.tables()}
