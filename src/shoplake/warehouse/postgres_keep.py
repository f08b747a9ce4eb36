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


def policies(warehouse: Sql, aside: str) -> list[str]:
    """The row policies beside our own, for tables that the schema `aside` has, too; asked before `gold` is renamed, as
    one may name other tables."""
    return [
        statement
        for (statement,) in warehouse.rows(
            "SELECT format('ALTER TABLE gold.%1$I ENABLE ROW LEVEL SECURITY; CREATE POLICY %2$I ON gold.%1$I AS %3$s"
            " FOR %4$s TO %5$s%6$s%7$s', tablename, policyname, permissive, cmd,"
            " (SELECT string_agg(CASE WHEN r = 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ')"
            " FROM unnest(roles) r), ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')')"
            f" FROM pg_policies WHERE schemaname = 'gold' AND policyname <> '{POLICY}'"
            f" AND to_regclass('{aside}.' || quote_ident(tablename)) IS NOT NULL"
        )
    ]


def dependants(warehouse: Sql) -> list[str]:
    """What of others would go with the tables: views, functions, foreign keys, columns of their types."""
    ours = f"('gold', '{SCHEMA}')"
    return [
        name
        for (name,) in warehouse.rows(
            "SELECT DISTINCT CASE i.type WHEN 'rule'"
            " THEN format('the view %s.%s', a.object_names[1], a.object_names[2])"
            " ELSE format('the %s %s', i.type, i.identity) END"
            " FROM pg_depend d, LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i,"
            " LATERAL pg_identify_object_as_address(d.classid, d.objid, d.objsubid) a"
            " WHERE d.deptype = 'n' AND (d.refclassid, d.refobjid) IN ("
            " SELECT 'pg_class'::regclass, c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
            f" WHERE s.nspname IN {ours} UNION ALL"
            " SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN pg_namespace s ON s.oid = t.typnamespace"
            f" WHERE s.nspname IN {ours})"
            f" AND a.object_names[1] NOT IN {ours} AND a.object_names[1] NOT LIKE 'replaced_%' ORDER BY 1"
        )
    ]
