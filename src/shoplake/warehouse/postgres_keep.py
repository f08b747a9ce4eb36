"""What people have given to others in PostgreSQL goes along when tables are replaced."""

from __future__ import annotations

from shoplake.warehouse.access import ANALYST, LOADER, SHARED
from shoplake.warehouse.postgres_sql import POLICY
from shoplake.warehouse.target import Sql
from shoplake.warehouse.views import SCHEMA

_OURS = f"('{LOADER}', '{ANALYST}', '{SHARED}')"  # their rights follow the contracts
_TO = "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
_AGAIN = "CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"


def grants(warehouse: Sql, prefix: str) -> list[str]:
    """The rights on schemas, tables and columns that a schema `<prefix>gold` has given, for `gold`."""
    found: list[str] = []
    for schema in ("gold", SCHEMA):
        old = f"'{prefix}{schema}'"
        others = f"a.grantee = 0 OR (pg_get_userbyid(a.grantee) NOT IN {_OURS} AND a.grantee <> owner)"
        new = f"SELECT 1 FROM pg_class n WHERE n.relnamespace = '{schema}'::regnamespace AND n.relname = c.relname"
        column = "SELECT 1 FROM pg_attribute m JOIN pg_class n ON n.oid = m.attrelid"
        column += (
            f" WHERE n.relnamespace = '{schema}'::regnamespace AND n.relname = c.relname AND m.attname = t.attname"
        )
        for query in (
            f"SELECT format('GRANT %s ON SCHEMA {schema} TO %s%s', a.privilege_type, {_TO}, {_AGAIN})"
            " FROM pg_namespace s, LATERAL (SELECT s.nspowner AS owner) o, LATERAL aclexplode(s.nspacl) a"
            f" WHERE s.nspname = {old} AND ({others})",
            f"SELECT format('GRANT %s ON {schema}.%I TO %s%s', a.privilege_type, c.relname, {_TO}, {_AGAIN})"
            " FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace, LATERAL (SELECT c.relowner AS owner) o,"
            f" LATERAL aclexplode(c.relacl) a WHERE s.nspname = {old} AND ({others}) AND EXISTS ({new})",
            f"SELECT format('GRANT %s (%I) ON {schema}.%I TO %s%s', a.privilege_type, t.attname, c.relname, {_TO},"
            f" {_AGAIN}) FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid"
            " JOIN pg_namespace s ON s.oid = c.relnamespace, LATERAL (SELECT c.relowner AS owner) o,"
            f" LATERAL aclexplode(t.attacl) a WHERE s.nspname = {old} AND ({others}) AND EXISTS ({column})",
        ):
            found += [statement for (statement,) in warehouse.rows(query)]
    return found


def policies(warehouse: Sql, prefix: str) -> list[str]:
    """The row policies beside our own, for tables that are there again."""
    return [
        statement
        for (statement,) in warehouse.rows(
            "SELECT format('ALTER TABLE gold.%1$I ENABLE ROW LEVEL SECURITY; CREATE POLICY %2$I ON gold.%1$I AS %3$s"
            " FOR %4$s TO %5$s%6$s%7$s', tablename, policyname, permissive, cmd,"
            " (SELECT string_agg(CASE WHEN r = 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ')"
            " FROM unnest(roles) r), ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')')"
            f" FROM pg_policies WHERE schemaname = '{prefix}gold' AND policyname <> '{POLICY}'"
            " AND to_regclass('gold.' || quote_ident(tablename)) IS NOT NULL"
        )
    ]


def dependants(warehouse: Sql) -> list[str]:
    """Views and functions of others that would go with the tables."""
    schemas = f"('gold', '{SCHEMA}')"
    return [
        name
        for (name,) in warehouse.rows(
            "SELECT DISTINCT format('the view %s.%s', vs.nspname, v.relname) FROM pg_depend d"
            " JOIN pg_rewrite w ON w.oid = d.objid AND d.classid = 'pg_rewrite'::regclass"
            " JOIN pg_class v ON v.oid = w.ev_class JOIN pg_namespace vs ON vs.oid = v.relnamespace"
            " JOIN pg_class c ON c.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass"
            " JOIN pg_namespace s ON s.oid = c.relnamespace"
            f" WHERE s.nspname IN {schemas} AND vs.nspname NOT IN {schemas} AND vs.nspname NOT LIKE 'replaced_%'"
            " ORDER BY 1"
        )
    ]
