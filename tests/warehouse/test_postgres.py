"""PostgreSQL as a second warehouse, on a real server: the same figures, and a swap of the whole set or nothing."""

from __future__ import annotations

import math
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shoplake import gold
from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError, ShoplakeError
from shoplake.runs.progress import Silent
from shoplake.states.load import Kind, load
from shoplake.warehouse import postgres
from shoplake.warehouse.load import load as load_into
from shoplake.warehouse.postgres import Postgres, PostgresWarehouse
from shoplake.warehouse.published import open_published
from tests.conftest import Shop
from tests.warehouse.server import PASSWORD, Database, Server

psycopg = pytest.importorskip("psycopg", reason="psycopg isn't installed")

WORD = "a-part-of-a-password"


@pytest.fixture
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty one, named as a person names it."""
    found = server.database()
    monkeypatch.setenv("SHOPLAKE_POSTGRES", found.address())
    return found


def loaded(shop: Shop) -> bool:
    return load(shop.project, Kind.postgres, Silent())[1]


def seen(database: Database) -> tuple[Any, ...]:
    """What readers see: the state, lines sold, and the tables and views that there are."""
    ((number, lines),) = database.sql("select (select number from shoplake.publication), count(*) from gold.fact_sales")
    names = database.sql(
        "select nspname, relname from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where nspname in ('gold', 'bi') and relkind in ('r', 'v') order by 1, 2"
    )
    return number, lines, names


def schemas(database: Database) -> set[str]:
    found = database.sql("select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'")
    return {name for (name,) in found}


def plain(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(str([_plain(cell) for cell in row]) for row in rows)


def _plain(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return f"{cell.normalize():f}" if isinstance(cell, Decimal) else str(cell)


def test_each_table_and_view_has_duckdbs_rows(later_shop: Shop, database: Database) -> None:
    assert loaded(later_shop)
    assert later_shop.one("select count(*) from dim_product where category like '%Zürich 🥖%'") == 1
    with duckdb.connect(str(later_shop.project.warehouse), read_only=True) as db:
        db.execute("SET TimeZone = 'UTC'")
        names = db.sql("select schema_name, table_name from duckdb_tables() where schema_name = 'gold'").fetchall()
        names += db.sql("select schema_name, view_name from duckdb_views() where schema_name = 'bi'").fetchall()
        assert len(names) == 2 * len(gold.tables()) + 2
        for schema, name in names:
            told = db.sql(
                f"select column_name, data_type from duckdb_columns() where schema_name = '{schema}' and"
                f" table_name = '{name}' order by column_index"
            ).fetchall()
            cells = ", ".join(f'epoch_us("{c}")' if "ZONE" in kind else f'"{c}"' for c, kind in told)
            theirs = cells.replace("epoch_us(", "(1000000 * extract(epoch from ").replace('")', '"))::bigint')
            wanted = db.sql(f'select {cells} from {schema}."{name}"').fetchall()
            assert plain(database.sql(f'select {theirs} from {schema}."{name}"')) == plain(wanted), name


OWN = """/*
meaning: Every kind of value
grain: one row per product, as some number
key: [product_key, tenth]
columns:
  product_key:
  tenth: {type: double, meaning: a number}
  odd: {type: double, meaning: one that decimals can't say}
  last_second_at: {type: timestamp, meaning: an instant}
  wide: {type: "decimal(38,16)", meaning: as many digits as there are}
  is_so: {type: boolean, meaning: whether}
  no_name: {type: string, meaning: without one}
*/
select product_key, cast(0.1 as double) as tenth,
  cast(case when product_key = -1 then 'NaN' else '1e300' end as double) as odd,
  timestamp '1999-12-31 23:59:59.999999' as last_second_at,
  cast('-1234567890123456789012.0000000000000001' as decimal(38,16)) as wide,
  product_key = -1 as is_so, cast(null as string) as no_name
from gold.dim_product where is_current
"""


def test_a_mart_of_ones_own_with_every_kind_of_value(own_shop: Shop, database: Database) -> None:
    path = own_shop.project.folder / "gold" / "marts" / "kinds.sql"
    path.parent.mkdir(parents=True)
    path.write_text(OWN, "utf-8")
    own_shop.run()
    assert loaded(own_shop)
    assert database.sql("select * from gold.mart_kinds where is_so")[0][1:-2] == (
        0.1,
        pytest.approx(math.nan, nan_ok=True),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        Decimal("-1234567890123456789012.0000000000000001"),
    )


def required(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.required}


def test_tables_are_as_the_contracts_say(open_shop: Shop, database: Database) -> None:
    loaded(open_shop)
    columns = database.sql(
        "select table_name, column_name, is_nullable, col_description("
        "('gold.' || table_name)::regclass, ordinal_position) from information_schema.columns"
        " where table_schema = 'gold' order by 1, ordinal_position"
    )
    wanted = [
        (t.base, c.name, "YES" if c.name not in required(t) else "NO", c.told) for t in gold.tables() for c in t.columns
    ]
    assert sorted(columns) == sorted(wanted)
    keys = dict(
        database.sql(
            "select conrelid::regclass::text, array_agg(attname::text order by at)"
            " from pg_constraint, unnest(conkey) with ordinality k(number, at) join pg_attribute"
            " on attnum = number where contype in ('p', 'u') and attrelid = conrelid"
            " and connamespace = 'gold'::regnamespace group by 1"
        )
    )
    assert keys == {t.name: list(t.key) for t in gold.tables()}
    joins = database.sql(
        "select confrelid::regclass::text, convalidated from pg_constraint"
        " where contype = 'f' and conrelid = 'gold.fact_sales'::regclass order by 1"
    )
    dims = [f"gold.dim_{noun}" for noun in ("currency", "customer", "product", "promotion", "store")]
    assert joins == [(name, False) for name in dims]


def test_nothing_to_do_touches_nothing(open_shop: Shop, database: Database) -> None:
    assert loaded(open_shop)
    before = database.sql("select oid, relfilenode from pg_class where relnamespace = 'gold'::regnamespace order by 1")
    assert not loaded(open_shop)
    assert before == database.sql(
        "select oid, relfilenode from pg_class where relnamespace = 'gold'::regnamespace order by 1"
    )
    assert schemas(database) == {"gold", "bi", "shoplake"}


def test_a_reader_keeps_the_old_tables_until_the_swap(
    open_shop: Shop, later_shop: Shop, database: Database, monkeypatch: Any
) -> None:
    """In the middle of the load, and in a transaction that began before the swap and reads a table after it."""
    loaded(open_shop)
    before = seen(database)
    during: list[Any] = []
    watch(monkeypatch, lambda: during.append(seen(database)))
    loaded(later_shop)
    assert during
    assert all(each == before for each in during)
    assert seen(database) == (2, 12, before[2])


def test_a_reader_who_is_not_done_holds_up_nobody(
    open_shop: Shop, later_shop: Shop, database: Database, monkeypatch: Any
) -> None:
    loaded(open_shop)
    monkeypatch.setattr(postgres, "_PATIENCE", "10ms")
    with psycopg.connect(database.address()) as reader:
        reader.execute("declare lines cursor for select order_id from gold.fact_sales")
        assert loaded(later_shop)
        assert seen(database)[:2] == (2, 12)
        assert len(reader.execute("fetch all from lines").fetchall()) == 11
        assert "replaced_gold" in schemas(database)
    assert loaded(open_shop)
    assert schemas(database) == {"gold", "bi", "shoplake"}


def watch(
    monkeypatch: pytest.MonkeyPatch, do: Callable[[], None], at: str = "figures", table: str = "dim_store"
) -> None:
    """Something happens once in the middle of a load, when part of the tables are there."""
    real = getattr(PostgresWarehouse, at)

    def called(self: PostgresWarehouse, what: Any) -> Any:
        if at == "swap" or what.base == table:
            do()
        return real(self, what)

    monkeypatch.setattr(PostgresWarehouse, at, called)


@pytest.mark.parametrize("at", ["fill", "figures", "swap"])
def test_a_lost_connection_leaves_the_old_tables(
    open_shop: Shop, later_shop: Shop, database: Database, at: str
) -> None:
    loaded(open_shop)
    before = seen(database)

    def killed() -> None:
        database.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'shoplake'"
            " and datname = current_database()"
        )

    with pytest.MonkeyPatch.context() as patched:
        watch(patched, killed, at)
        with pytest.raises(
            MachineError, match="PostgreSQL: the connection was lost; what was loaded before is untouched"
        ):
            loaded(later_shop)
    assert seen(database) == before
    assert "gold_next" in schemas(database)
    assert loaded(later_shop)
    assert seen(database)[:2] == (2, 12)
    assert schemas(database) == {"gold", "bi", "shoplake"}


def test_a_load_that_is_cut_within_the_swap_changes_nothing(
    open_shop: Shop, later_shop: Shop, database: Database
) -> None:
    """Each view that the swap makes, the first and the last ones, may be the last word that the server hears."""
    loaded(open_shop)
    before = seen(database)
    real = PostgresWarehouse._create
    for last in (1, 28, 30):
        made: list[str] = []

        def create(self: PostgresWarehouse, view: Any, made: list[str] = made, last: int = last) -> None:
            real(self, view)
            made.append(view.title)
            if len(made) == last:
                self.connection.pgconn.finish()

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(PostgresWarehouse, "_create", create)
            with pytest.raises(MachineError, match="the connection was lost"):
                loaded(later_shop)
        assert len(made) == last
        assert seen(database) == before
    assert loaded(later_shop)


@contextmanager
def proxy(path: Path, folder: Path, most: int) -> Iterator[None]:
    """A way to the server that breaks when so many bytes went there."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / ".s.PGSQL.5432"))
        door.listen()

        def serve() -> None:
            near, _ = door.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(path))
            threading.Thread(target=carry, args=(far, near, 1 << 60), daemon=True).start()
            carry(near, far, most)

        def carry(start: socket.socket, end: socket.socket, most: int) -> None:
            with suppress(OSError):
                while most > 0 and (data := start.recv(min(most, 4096))):
                    end.sendall(data)
                    most -= len(data)
            for each in (start, end):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=serve, daemon=True).start()
        yield


@pytest.mark.parametrize("most", [9_000, 40_000, 120_000])
def test_a_line_that_breaks_leaves_the_old_tables(
    open_shop: Shop, later_shop: Shop, database: Database, most: int, tmp_path_factory: Any, monkeypatch: Any
) -> None:
    loaded(open_shop)
    before = seen(database)
    folder = Path(str(tmp_path_factory.getbasetemp())[:60])
    (folder / ".s.PGSQL.5432").unlink(missing_ok=True)
    with proxy(database.server.folder / ".s.PGSQL.5432", folder, most):
        monkeypatch.setenv("SHOPLAKE_POSTGRES", database.address(host=folder))
        with pytest.raises(MachineError, match="the connection was lost"):
            loaded(later_shop)
    monkeypatch.setenv("SHOPLAKE_POSTGRES", database.address())
    assert seen(database) == before
    assert loaded(later_shop)
    assert seen(database)[:2] == (2, 12)


FAULTS = {
    "delete from gold_next.dim_store where store_id = 'S1'": "number of rows is ",
    "update gold_next.dim_store set store_key = 7 where store_id = 'S1'": "hash of store_key is ",
    "update gold_next.dim_store set store_city = 'Elsewhere' where store_id = 'S1'": "hash of all columns is ",
    "update gold_next.fact_sales set net_amount = net_amount + 0.01 where order_id = 'O3'": "sum of net_amount is ",
    "update gold_next.fact_sales set channel = null where order_id = 'O3'": "hash of all columns is ",
    "update gold_next.fact_sales set ordered_at = ordered_at + interval '1 microsecond' where order_id = 'O3'": "hash",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda sql: sql.partition(" where")[0])
def test_what_differs_from_the_lake_is_not_swapped_in(
    open_shop: Shop, later_shop: Shop, database: Database, fault: str
) -> None:
    loaded(open_shop)
    before = seen(database)
    table = "dim_store" if "dim_store" in fault else "fact_sales"
    with pytest.MonkeyPatch.context() as patched:
        watch(patched, lambda: database.sql(fault) and None, table=table)
        with pytest.raises(QualityError, match=f"its {FAULTS[fault]}.*in the warehouse, .* in the lake") as caught:
            loaded(later_shop)
    assert caught.value.where == f"gold.{table}"
    assert seen(database) == before


ALTERED = {
    "alter table gold.fact_sales add note text": "fact_sales.*somebody has altered it: «note text» is new",
    "alter table gold.fact_payments drop payment_method cascade": "fact_payments.*«payment_method text» is gone",
    "alter table gold.fact_sales rename status to state": "fact_sales.*«state text» is new, «status text» is gone",
    "create table gold.mine (a int)": "mine.*it isn't one of those that were loaded",
}


@pytest.mark.parametrize("change", ALTERED, ids=lambda sql: sql.replace("gold.", ""))
def test_what_somebody_altered_is_not_thrown_away(
    open_shop: Shop, later_shop: Shop, database: Database, change: str
) -> None:
    loaded(open_shop)
    database.sql(change)
    before = seen(database)
    for shop in (open_shop, later_shop):  # even where there is nothing to load
        with pytest.raises(QualityError, match=ALTERED[change]) as caught:
            loaded(shop)
        assert "the warehouse stays as it is. Undo it, or " in str(caught.value)
    assert seen(database) == before


def test_a_table_that_is_gone_is_made_anew(open_shop: Shop, later_shop: Shop, database: Database) -> None:
    loaded(open_shop)
    database.sql("drop table gold.dim_store cascade")
    assert loaded(later_shop)
    assert database.sql("select count(*) > 0 from gold.dim_store") == [(True,)]


def test_a_view_of_others_is_named_before_anything_is_loaded(
    open_shop: Shop, later_shop: Shop, database: Database
) -> None:
    loaded(open_shop)
    database.sql('create schema reports; create view reports.best as select "Net amount" from bi."Order lines"')
    with pytest.raises(QualityError, match="the view reports.best reads its tables") as caught:
        loaded(later_shop)
    assert "nothing was loaded" in str(caught.value)
    assert schemas(database) == {"gold", "bi", "shoplake", "reports"}
    database.sql("drop view reports.best")
    assert loaded(later_shop)


@pytest.mark.parametrize("made", ["table gold.mine", "table gold.fact_sales", "table bi.mine", "view bi.mine"])
def test_what_was_there_before_the_first_load_stays(open_shop: Shop, database: Database, made: str) -> None:
    name = made.partition(" ")[2]
    database.sql(f"create schema gold; create schema bi; create {made} as select 1 as one")
    with pytest.raises(QualityError, match=f"{name} in PostgreSQL: it isn't one of those that were loaded"):
        loaded(open_shop)
    assert database.sql(f"select * from {name}") == [(1,)]
    assert "gold_next" not in schemas(database)


@pytest.mark.parametrize("kind", ["table", "view"])
def test_what_others_put_among_the_views_stays(
    open_shop: Shop, later_shop: Shop, database: Database, kind: str
) -> None:
    loaded(open_shop)
    database.sql(f"create {kind} bi.mine as select 1 as one")
    with pytest.raises(QualityError, match=r"bi\.mine in PostgreSQL"):
        loaded(later_shop)
    assert database.sql("select * from bi.mine") == [(1,)]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            "TABLE own.notes (store_key bigint REFERENCES gold.dim_store)",
            "the table constraint notes_store_key_fkey on",
        ),
        ("TABLE own.kept (store gold.dim_store)", "the table column own.kept.store"),
        (
            "FUNCTION own.f() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM gold.dim_store; END",
            "the function own.f()",
        ),
        ("VIEW own.f AS SELECT 1 FROM gold.dim_store", "the view own.f"),
    ],
)
def test_what_hangs_on_the_tables_is_named(
    open_shop: Shop, later_shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch, made: str, told: str
) -> None:
    """Before the load, and where it came during it."""
    loaded(open_shop)
    database.sql(f"create schema own; create {made}")
    with pytest.raises(QualityError, match=re.escape(told)):
        loaded(later_shop)
    database.sql("drop schema own cascade")
    watch(monkeypatch, lambda: database.sql(f"create schema own; create {made}"))
    with pytest.raises(QualityError, match=re.escape(told)):
        loaded(later_shop)
    assert seen(database)[:2] == (1, 11)


def test_bad_input_is_one_sentence(
    open_shop: Shop, server: Server, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = server.database(ENCODING="'LATIN1'", LC_COLLATE="'C'", LC_CTYPE="'C'")
    cases = {
        database.address(host="127.0.0.1", port=1): "it can't be reached",
        database.address(host=tmp_path): "it can't be reached",
        database.address(dbname="nowhere"): "there is no such database",
        database.address(user="nobody_here"): "there is no such user",
        database.address(user="guest", password="wrong"): "it refuses the user or the password",
        database.address(user="guest", password=PASSWORD): "the user may not do that: permission denied for database",
        latin.address(): "this is version .* with LATIN1",
        f"host=x password={PASSWORD} nonsense": "it is no connection string",
        # A password that isn't escaped falls apart.
        f"postgresql://guest:one@{WORD}:two@localhost/x": "it can't be reached",
        f"host={tmp_path} port={WORD}": "connection is bad: invalid integer value '...'",
    }
    for address, what in cases.items():
        monkeypatch.setenv("SHOPLAKE_POSTGRES", address)
        with pytest.raises(ShoplakeError, match=f"(PostgreSQL|SHOPLAKE_POSTGRES): {what}") as caught:
            loaded(open_shop)
        assert caught.value.remedy
        assert PASSWORD not in str(caught.value)
        assert WORD not in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    assert schemas(database) == set()


def test_two_loads_at_once(open_shop: Shop, database: Database) -> None:
    with Postgres(database.address()).connect(), pytest.raises(MachineError, match="another load is at work"):
        loaded(open_shop)
    assert loaded(open_shop)


def test_a_server_that_starts_is_waited_for(open_shop: Shop, database: Database) -> None:
    """Twice it says that it is starting up; a third time it is there. One that never is there is told of."""
    pauses: list[float] = []
    real = Postgres(database.address())
    tries = [0]

    class Starting(Postgres):
        @contextmanager
        def connect(self) -> Iterator[PostgresWarehouse]:
            tries[0] += 1
            if tries[0] <= 2 or self is never:
                raise psycopg.OperationalError("FATAL:  the database system is starting up")
            with real.connect() as warehouse:
                yield warehouse

    never = Starting("")
    with open_published(open_shop.lake, open_shop.manifest) as published:
        assert load_into(Starting(""), published, (), Silent(), pauses.append)
        assert len(pauses) == 2
        with pytest.raises(MachineError, match="it is starting or stopping"):
            load_into(never, published, (), Silent(), pauses.append)
    assert len(pauses) == 5
