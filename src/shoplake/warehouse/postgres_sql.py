"""PostgreSQL's SQL for the tables of gold, and for who may read what of them: all of it from the contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shoplake.contract import Table
from shoplake.lake.schema import described
from shoplake.warehouse.access import ANALYST, LOADER, ROW_COLUMNS, SHARED, describes_all, open_columns, told_to_all
from shoplake.warehouse.views import SCHEMA, literal, quoted

POLICY = "row_access"
# Whoever asks a view has their own rights on what it reads.
AS_READER = " WITH (security_invoker = true)"
_TYPES = {"string": "text", "int": "integer", "timestamp": "timestamptz", "double": "double precision"}

ROLES = f"""\
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['{LOADER}', '{ANALYST}', '{SHARED}'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    END IF;
  END LOOP;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO {LOADER}', current_database());
END $$"""

# It stays from load to load: the record of what is loaded, and whom rows are kept from.
HOME = (
    "CREATE SCHEMA IF NOT EXISTS shoplake",
    "CREATE TABLE IF NOT EXISTS shoplake.publication"
    " (number bigint NOT NULL, run_id text NOT NULL, published_at text NOT NULL, as_of date NOT NULL,"
    " layout text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS shoplake.row_access (role_name text NOT NULL, column_name text NOT NULL"
    f" CHECK (column_name IN ({', '.join(map(literal, ROW_COLUMNS))})),"
    " value text NOT NULL, PRIMARY KEY (role_name, column_name, value))",
    "COMMENT ON TABLE shoplake.row_access IS 'Members of the role see only rows with these values of the column'",
    # Who takes on another role stays bound, and nobody's own operators are asked. A superuser is a member of all roles.
    "CREATE OR REPLACE FUNCTION shoplake.allowed(what text) RETURNS text[] LANGUAGE sql STABLE"
    " SET search_path = pg_catalog, pg_temp AS $$"
    " SELECT coalesce(array_agg(a.value) FILTER (WHERE pg_has_role(current_user, r.oid, 'member')),"
    " array_agg(a.value) FILTER (WHERE pg_has_role(session_user, r.oid, 'member') AND NOT s.rolsuper))"
    " FROM shoplake.row_access a JOIN pg_roles r ON r.rolname = a.role_name JOIN pg_roles s ON s.rolname = session_user"
    " WHERE a.column_name = what $$",
    "GRANT USAGE ON SCHEMA shoplake TO PUBLIC",
    "GRANT SELECT ON shoplake.publication, shoplake.row_access TO PUBLIC",
)


def create(table: Table, schema: str) -> str:
    columns = [f"{quoted(c.name)} {postgres_type(c.type)}{' NOT NULL' if c.required else ''}" for c in table.columns]
    return f"CREATE TABLE {schema}.{quoted(table.base)} ({', '.join(columns)})"


def postgres_type(spark_type: str) -> str:
    """The type in PostgreSQL.

    >>> postgres_type("decimal(18,4)"), postgres_type("timestamp"), postgres_type("string")
    ('numeric(18,4)', 'timestamptz', 'text')
    """
    return _TYPES.get(spark_type, spark_type.replace("decimal", "numeric"))


def finish(table: Table, schema: str) -> Iterator[str]:
    """What a filled table lacks: its key, meanings, statistics, and who sees which rows."""
    name = f"{schema}.{quoted(table.base)}"
    if table.key:
        is_primary = all(table[column].required for column in table.key)  # else a value may be unknown, once
        kind = "PRIMARY KEY" if is_primary else "UNIQUE NULLS NOT DISTINCT"
        yield f"ALTER TABLE {name} ADD {kind} ({', '.join(map(quoted, table.key))})"
    yield f"COMMENT ON TABLE {name} IS {literal(described(table))}"
    for column in table.columns:
        yield f"COMMENT ON COLUMN {name}.{quoted(column.name)} IS {literal(column.told)}"
    yield f"ANALYZE {name}"
    if condition := _visible(table):
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {POLICY} ON {name} FOR SELECT USING ({condition})"


def _visible(table: Table) -> str:
    """Which rows a role sees: those with its values, of a column that the table has; what lacks the column adds up
    over all values, and is for nobody who may see only some. Member -1 belongs to no source."""
    parts = []
    for column in ROW_COLUMNS:
        allowed = f"(SELECT shoplake.allowed('{column}'))"
        if column in table.column_names:
            member = f" OR {column} = ''" if column == "source" and describes_all(table) else ""
            parts.append(f"({allowed} IS NULL OR {column}::text = ANY ({allowed}::text[]){member})")
        elif not describes_all(table):
            parts.append(f"{allowed} IS NULL")
    return " AND ".join(parts)


def foreign_keys(tables: Iterable[Table], schema: str) -> Iterator[str]:
    """Facts with the dimensions that they name by the same column: told to tools, and not checked (`NOT VALID`)."""
    gold = list(tables)
    keys = {t.key[0]: t for t in gold if t.base.startswith("dim_") and len(t.key) == 1}
    for table in gold:
        for column in table.column_names:
            to = keys.get(column)
            if to and to is not table and table.base.startswith("fact_"):
                yield (
                    f"ALTER TABLE {schema}.{quoted(table.base)} ADD FOREIGN KEY ({quoted(column)})"
                    f" REFERENCES {schema}.{quoted(to.base)} NOT VALID"
                )


def grants(tables: Iterable[Table], roles: Iterable[str]) -> Iterator[str]:
    """Rights of those of our roles that are there, on `gold` and the views for people."""
    gold, there = list(tables), set(roles)
    if ANALYST in there:
        yield f"GRANT USAGE ON SCHEMA gold, {SCHEMA} TO {ANALYST}"
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {ANALYST}"
        for table in gold:
            columns = ", ".join(quoted(column.name) for column in open_columns(table))
            some = f" ({columns})" if len(open_columns(table)) < len(table.columns) else ""
            yield f"GRANT SELECT{some} ON gold.{quoted(table.base)} TO {ANALYST}"
    if SHARED in there:
        yield f"GRANT USAGE ON SCHEMA gold TO {SHARED}"
        for table in told_to_all(gold):
            yield f"GRANT SELECT ON gold.{quoted(table.base)} TO {SHARED}"
