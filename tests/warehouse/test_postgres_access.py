"""Who sees what in PostgreSQL, asked as the roles themselves; a swap takes nothing away and gives nothing."""

from __future__ import annotations

import pytest

from shoplake import gold
from shoplake.dashboard.sharing import CUBES
from shoplake.runs.progress import Silent
from shoplake.states.load import Kind, load
from shoplake.warehouse import postgres_sql
from shoplake.warehouse.access import TOLD_TO_ALL
from tests.conftest import Shop
from tests.warehouse.server import Database, Server
from tests.warehouse.test_postgres import loaded

psycopg = pytest.importorskip("psycopg", reason="psycopg isn't installed")
ANALYST, SHARED = "shoplake_analyst", "shoplake_shared"
PERSONAL = [(t, c.name) for t in gold.tables() for c in t.columns if c.personal]


@pytest.fixture
def database(server: Server, open_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A shop in it, loaded by a user who may do nothing but that."""
    found = server.database()
    found.sql(postgres_sql.ROLES)
    found.sql(
        "DO $$ BEGIN IF to_regrole('night_job') IS NULL THEN CREATE ROLE night_job LOGIN; END IF; END $$;"
        " GRANT shoplake_loader TO night_job"
    )
    monkeypatch.setenv("SHOPLAKE_POSTGRES", found.address(user="night_job"))
    loaded(open_shop)
    return found


def is_refused(database: Database, query: str, role: str) -> bool:
    try:
        database.sql(query, role=role)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_an_analyst_sees_all_but_who_somebody_is(database: Database) -> None:
    assert {(t.base, c) for t, c in PERSONAL} == {("dim_customer", "customer_id"), ("dim_customer", "birth_date")}
    for table in gold.tables():
        columns = ", ".join(c.name for c in table.columns if not c.personal)
        assert not is_refused(database, f"select {columns} from {table.name}", ANALYST)
    for table, column in PERSONAL:
        assert is_refused(database, f"select {column} from {table.name}", ANALYST)
        assert is_refused(database, f"select * from {table.name}", ANALYST)
    for (name,) in database.sql(
        "select relname from pg_class where relnamespace = 'bi'::regnamespace and relkind = 'v'"
    ):
        assert not is_refused(database, f'select * from bi."{name}"', ANALYST)
    assert database.sql("select number from shoplake.publication", role=ANALYST) == [(1,)]
    for change in (
        "delete from gold.fact_sales",
        "drop table gold.fact_sales",
        "create table gold.x (a int)",
        "delete from shoplake.row_access",
        "update shoplake.publication set number = 7",
    ):
        assert is_refused(database, change, ANALYST)


def test_everybody_sees_the_closed_cubes_alone(database: Database) -> None:
    assert {f"gold.{CUBES}", "gold.dim_date"} == set(TOLD_TO_ALL)
    for table in gold.tables():
        assert is_refused(database, f"select count(*) from {table.name}", SHARED) == (table.name not in TOLD_TO_ALL)
    assert is_refused(database, 'select * from bi."Sales metrics by day"', SHARED)


def test_rows_are_kept_from_whom_they_are_not_for(database: Database, open_shop: Shop) -> None:
    """Two roles of analysts: one sees a store, one a currency; nobody else is kept from anything."""
    ((store,),) = database.sql("select store_key from gold.dim_store where store_id = 'S1'")
    for role in ("of_a_store", "in_dollars"):
        database.sql(
            f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} IN ROLE {ANALYST}; END IF; END $$"
        )
    database.sql(
        f"insert into shoplake.row_access values ('of_a_store', 'store_key', '{store}'),"
        " ('in_dollars', 'currency', 'USD'), ('in_dollars', 'currency', 'CHF')"
    )
    counts = "select count(*), count(*) filter (where store_key = %s), count(*) filter (where currency = 'USD') from {}"
    for table in ("gold.fact_sales", "gold.fact_returns"):
        query = counts.format(table) % store
        ((every, of_store, dollars),) = database.sql(query)
        assert 0 < of_store < every or table == "gold.fact_returns"
        assert database.sql(query, role=ANALYST) == [(every, of_store, dollars)]
        assert database.sql(query, role="of_a_store")[0][:2] == (of_store, of_store)
        assert database.sql(query, role="in_dollars")[0] == (
            dollars,
            database.sql(query, role="in_dollars")[0][1],
            dollars,
        )
    # A view asks with the rights of who asks it.
    ((of_store,),) = database.sql(f"select count(*) from gold.fact_sales where store_key = {store}")
    assert database.sql('select count(*) from bi."Order lines"', role="of_a_store") == [(of_store,)]
    # What adds up over stores isn't for who may see one; what describes them all is for everybody.
    assert database.sql("select count(*) > 0 from gold.mart_sales_daily", role=ANALYST) == [(True,)]
    assert database.sql("select count(*) from gold.mart_sales_daily", role="of_a_store") == [(0,)]
    assert database.sql("select count(*) > 0 from gold.dim_date", role="of_a_store") == [(True,)]
    in_dollars = "select distinct currency from gold.mart_sales_daily"
    assert database.sql(in_dollars, role="in_dollars") == [("USD",)]
    database.sql(f"insert into shoplake.row_access values ('of_a_store', 'source', '{open_shop.source}')")
    assert database.sql("select source from gold.dim_product group by 1 order by 1", role="of_a_store") == [
        ("",),
        (open_shop.source,),
    ]
    with pytest.raises(psycopg.errors.CheckViolation):
        database.sql("insert into shoplake.row_access values ('of_a_store', 'shop', '1')")


@pytest.fixture
def clerk(database: Database) -> Database:
    """An analyst who logs in by herself, sees one store, and has a schema to work in."""
    database.sql(f"""
        DO $$ BEGIN IF to_regrole('clerk') IS NULL THEN CREATE ROLE clerk LOGIN IN ROLE {ANALYST}; END IF; END $$;
        CREATE SCHEMA own AUTHORIZATION clerk;
        INSERT INTO shoplake.row_access
          SELECT 'clerk', 'store_key', store_key::text FROM gold.dim_store WHERE store_id = 'S1'""")
    return database


def lines_seen(database: Database, *before: str) -> int:
    """By the clerk, after she has said something."""
    with psycopg.connect(database.address(user="clerk"), autocommit=True) as db:
        for statement in before:
            db.execute(statement)
        return int(db.execute("select count(*) from gold.fact_sales").fetchone()[0])


def test_who_takes_on_another_role_sees_no_more_rows(clerk: Database) -> None:
    wanted = lines_seen(clerk)
    assert 0 < wanted < clerk.sql("select count(*) from gold.fact_sales", role=ANALYST)[0][0]
    assert lines_seen(clerk, f"SET ROLE {ANALYST}") == wanted


def test_an_operator_of_ones_own_shows_no_more_rows(clerk: Database) -> None:
    never = "CREATE FUNCTION own.never(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false'"
    equal = "CREATE OPERATOR own.= (leftarg = text, rightarg = text, function = own.never)"
    assert lines_seen(clerk, never, equal, "SET search_path = own, pg_catalog") == lines_seen(clerk)


def test_a_policy_that_reads_another_table_goes_along(database: Database, later_shop: Shop) -> None:
    database.sql("""
        DO $$ BEGIN IF to_regrole('of_the_web') IS NULL THEN CREATE ROLE of_the_web; END IF; END $$;
        GRANT USAGE ON SCHEMA gold TO of_the_web;
        GRANT SELECT ON gold.fact_sales, gold.dim_product TO of_the_web;
        CREATE POLICY none_yet ON gold.fact_sales AS RESTRICTIVE FOR SELECT TO of_the_web
          USING (product_key IN (SELECT p.product_key FROM gold.dim_product p WHERE p.category = 'none'))""")
    lines = "select count(*) from gold.fact_sales"
    assert database.sql(lines, role="of_the_web") == [(0,)]
    assert loaded(later_shop)
    assert database.sql(lines, role="of_the_web") == [(0,)]
    assert database.sql("select count(*) from pg_policies where policyname = 'none_yet'") == [(1,)]


def test_a_swap_keeps_what_people_gave(database: Database, later_shop: Shop) -> None:
    database.sql("""
        DO $$ BEGIN IF to_regrole('bi_tool') IS NULL THEN CREATE ROLE bi_tool; END IF; END $$;
        GRANT USAGE ON SCHEMA gold, bi TO bi_tool;
        GRANT SELECT ON gold.fact_sales TO bi_tool WITH GRANT OPTION;
        GRANT SELECT (store_city), REFERENCES (store_key) ON gold.dim_store TO PUBLIC;
        GRANT SELECT ON bi."Order lines" TO bi_tool;
        CREATE POLICY web_only ON gold.fact_sales AS RESTRICTIVE FOR SELECT TO bi_tool USING (channel = 'web');
        INSERT INTO shoplake.row_access VALUES ('bi_tool', 'currency', 'EUR');
        GRANT SELECT ON gold.fact_sales TO shoplake_shared""")
    rights = (
        "select relnamespace::regnamespace::text, relname, relacl::text, relrowsecurity, array("
        "select (attname, attacl)::text"
        " from pg_attribute where attrelid = c.oid and attacl is not null order by 1) from pg_class c"
        " where relnamespace in ('gold'::regnamespace, 'bi'::regnamespace) and relkind in ('r', 'v') order by 1, 2"
    )
    policies = "select tablename, policyname, permissive, roles, cmd, qual from pg_policies order by 1, 2"
    schemas = "select nspname, nspacl::text from pg_namespace where nspname in ('gold', 'bi', 'shoplake') order by 1"
    before = [sorted(map(str, database.sql(query))) for query in (rights, policies, schemas)]
    assert load(later_shop.project, Kind.postgres, Silent())[1]
    database.sql(
        "GRANT SELECT ON gold.fact_sales TO shoplake_shared"
    )  # ours follow the contracts: this one was taken back
    after = [sorted(map(str, database.sql(query))) for query in (rights, policies, schemas)]
    for was, now in zip(before, after, strict=True):
        assert [_sorted(line) for line in was] == [_sorted(line) for line in now]
    lines = "select count(*) from gold.fact_sales where channel <> 'web' or currency <> 'EUR'"
    assert database.sql(lines) != [(0,)]
    assert database.sql(lines, role="bi_tool") == [(0,)]
    assert database.sql("select count(*) > 0 from gold.fact_sales", role="bi_tool") == [(True,)]


def _sorted(line: str) -> list[str]:
    """Rights are a set: their order means nothing."""
    return sorted(line.replace("{", ",").replace("}", ",").split(","))


def test_what_our_roles_had_beyond_the_contracts_is_taken_back(database: Database, later_shop: Shop) -> None:
    database.sql(
        "GRANT SELECT ON gold.dim_customer TO shoplake_analyst; GRANT SELECT ON gold.fact_sales TO shoplake_shared"
    )
    loaded(later_shop)
    assert is_refused(database, "select birth_date from gold.dim_customer", ANALYST)
    assert is_refused(database, "select order_id from gold.fact_sales", SHARED)
