"""T-SQL of Synapse's serverless pool: views over the Delta folders of gold, without a copy and without a load.

Each table is consistent in itself, as its log says at the moment of the question; two tables may be of two states.
"""

from __future__ import annotations

from collections.abc import Iterable

from shoplake.contract import Column, Table
from shoplake.warehouse import tsql_names as t
from shoplake.warehouse.access import ANALYST, SHARED
from shoplake.warehouse.tsql_names import UTF8, bracketed

DATABASE = "shoplake"
SOURCE, CREDENTIAL = "shoplake_lake", "shoplake_identity"


def database(location: str) -> list[str]:
    """To be run in `master` (the first) and then in the database; `location` is the lake's root."""
    return [
        f"IF DB_ID('{DATABASE}') IS NULL CREATE DATABASE {DATABASE} COLLATE {UTF8}",
        "IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys WHERE name = '##MS_DatabaseMasterKey##') CREATE MASTER KEY",
        f"IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_credentials WHERE name = '{CREDENTIAL}')"
        f" CREATE DATABASE SCOPED CREDENTIAL {CREDENTIAL} WITH IDENTITY = 'Managed Identity'",
        f"IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = '{SOURCE}')"
        f" CREATE EXTERNAL DATA SOURCE {SOURCE} WITH (LOCATION = '{location}', CREDENTIAL = {CREDENTIAL})",
        t.schema("gold"),
    ]


def view(table: Table) -> str:
    """The view of a table, with the types that the contract says."""
    columns = ",\n".join(f"  {bracketed(c.name)} {_type(c)}" for c in table.columns)
    return (
        f"CREATE OR ALTER VIEW gold.{bracketed(table.base)} AS\nSELECT {t.listed(table.column_names)}\n"
        f"FROM OPENROWSET(BULK 'gold/{table.base}/', DATA_SOURCE = '{SOURCE}', FORMAT = 'DELTA')\n"
        f"WITH (\n{columns}\n) AS [rows]"
    )


def _type(column: Column) -> str:
    kind = t.sql_type(column, is_utf8=True)
    return f"{kind} COLLATE {UTF8}" if column.type == "string" else kind


def grants(tables: Iterable[Table]) -> list[str]:
    """Readers need the credential, too: the pool asks the storage with its own identity, which they haven't."""
    uses = [f"GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::{CREDENTIAL} TO {role}" for role in (ANALYST, SHARED)]
    return [*t.roles(), *t.grants(tables), *uses]
