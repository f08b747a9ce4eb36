"""Databricks SQL as a warehouse without a copy: a schema of views, each pinned to the version that is published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from shoplake.contract import Column, Table
from shoplake.contract.unity import Unity
from shoplake.lake import CatalogLake
from shoplake.lake.catalog_sql import CONTRACT, literal, quoted
from shoplake.lake.failures import explained
from shoplake.lake.schema import described
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.views import metric_view
from shoplake.runs.manifest import Manifest
from shoplake.warehouse.access import ANALYST

PUBLICATION = "publication"


def follow(lake: CatalogLake, manifest: Manifest, unity: Unity, metrics: Catalog) -> bool:
    """Let the views show what is published; whether they didn't.

    Each view is swapped by itself, the one with the number last: who must see one state looks at it before and after.
    """
    schema, made_by = unity.published, _made_by(unity, metrics)
    with explained(f"{lake.catalog}.{schema}"):
        if _published(lake, schema) == (manifest.number, made_by):
            return False
        lake.make_schema(schema)
        gold = {name: table for name, table in manifest.tables.items() if name.startswith("gold.")}
        shown = [lake.contract(name, table.version) for name, table in gold.items()]
        for table in shown:
            lake.sql(view(table, lake.named(schema, table.base), lake.at(table.name, gold[table.name].version), unity))
        asked = metrics.sets if unity.metric_views and lake.has_tags else {}
        for name, declared in asked.items():
            lake.sql(metric_view(declared, name, "databricks", (lake.catalog, schema)))
        kept = {PUBLICATION, *(table.base for table in shown), *(f"metrics_{name}" for name in asked)}
        for name in lake.tables(schema):
            if name.partition(".")[2] not in kept and lake.is_own(name):
                lake.sql(f"DROP VIEW IF EXISTS {lake.full_name(name)}")
        lake.sql(publication(lake.named(schema, PUBLICATION), manifest, made_by))
    return True


def published_number(lake: CatalogLake, schema: str) -> int | None:
    """The number of the state that the views show; None where they aren't there."""
    found = _published(lake, schema)
    return found[0] if found else None


def _published(lake: CatalogLake, schema: str) -> tuple[int, str] | None:
    """The state, and what the views were made by beside it."""
    if f"{schema}.{PUBLICATION}" not in lake.tables(schema):
        return None
    row = lake.sql(f"SELECT number, made_by FROM {lake.named(schema, PUBLICATION)}").collect()[0]  # noqa: S608
    return row["number"], row["made_by"]


def _made_by(unity: Unity, metrics: Catalog) -> str:
    told = (unity.model_dump_json(), *(f"{name} {declared!r}" for name, declared in metrics.sets.items()))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def view(table: Table, name: str, pinned: str, unity: Unity) -> str:
    """The statement that makes the view of a table at a version.

    Masks and filters are in the view, as Databricks lets nobody read an earlier version of a table that has its own.
    """
    shown = [column for column in table.columns if unity.personal_group or not column.personal]
    columns = ", ".join(f"{quoted(column.name)} COMMENT {literal(column.told)}" for column in shown)
    cells = ", ".join(_cell(column, unity) for column in shown)
    filters = [f"{of}({quoted(column)})" for column, of in unity.row_filters.items() if column in table.column_names]
    where = f" WHERE {' AND '.join(filters)}" if filters else ""
    told = f"({columns}) COMMENT {literal(described(table))} TBLPROPERTIES ({literal(CONTRACT)} = 'view')"
    return f"CREATE OR REPLACE VIEW {name} {told} AS SELECT {cells} FROM {pinned}{where}"  # noqa: S608


def _cell(column: Column, unity: Unity) -> str:
    """A column as it is, or to a group alone."""
    name = quoted(column.name)
    if not column.personal:
        return name
    return f"CASE WHEN is_account_group_member({literal(unity.personal_group)}) THEN {name} END AS {name}"


def publication(name: str, manifest: Manifest, made_by: str) -> str:
    """The statement that makes the view of one row which says what the others show."""
    return (
        f"CREATE OR REPLACE VIEW {name} COMMENT 'What the views of this schema show: one row.' AS SELECT "
        f"{manifest.number} AS number, {literal(manifest.run_id)} AS run_id, "
        f"CAST({literal(manifest.published_at)} AS TIMESTAMP) AS published_at, "
        f"DATE {literal(manifest.as_of.isoformat())} AS as_of, {literal(made_by)} AS made_by"
    )


def grants(catalog: str, unity: Unity, analysts: str) -> Iterator[str]:
    """What an administrator lets a group do once: look at what is published, and at nothing beneath it."""
    group = quoted(analysts)
    schema = f"{quoted(catalog)}.{quoted(unity.published)}"
    yield f"GRANT USE CATALOG ON CATALOG {quoted(catalog)} TO {group}"
    yield f"GRANT USE SCHEMA, SELECT ON SCHEMA {schema} TO {group}"


def rendered(catalog: str, tables: Iterable[Table], unity: Unity, metrics: Catalog) -> str:
    """All of it for the tables as they are declared now; a version, which only a publication knows, is <version>."""
    schema = f"{quoted(catalog)}.{quoted(unity.published)}"
    made = [f"CREATE SCHEMA IF NOT EXISTS {schema}"]
    for table in tables:
        pinned = f"{quoted(catalog)}.`gold`.{quoted(table.base)} VERSION AS OF <version>"
        made.append(view(table, f"{schema}.{quoted(table.base)}", pinned, unity))
    if unity.metric_views:
        made += [
            metric_view(each, name, "databricks", (catalog, unity.published)) for name, each in metrics.sets.items()
        ]
    return ";\n\n".join([*made, *grants(catalog, unity, ANALYST)]) + ";\n"
