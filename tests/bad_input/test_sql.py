"""SQL in a declaration can neither write nor read anything but its columns; what fails on a value says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from shoplake.errors import DeclarationError, InputError
from shoplake.lake import Engine
from shoplake.lake.failures import explained
from shoplake.silver import BY_BASE
from shoplake.sources.catalog import load_source
from shoplake.sources.expression import problem_in
from tests.conftest import CORNER_SHOP

ORDERS = "orders: {delivery: upsert, keys: [number]}"
# Where a declaration holds SQL: what stands there, and what takes its place.
PLACES = {
    "select": ("channel: channel", "channel: {}"),
    "filter of a map": ("training: order_number = 'TRAINING'", "training: {}"),
    "filter of a feed": (ORDERS, "orders: {delivery: upsert, keys: [number], filters: {odd: {}}}"),
    "lookup": ("goods: {feed: products, by: sku}", "goods: {feed: products, by: {}}"),
    "deletes": (ORDERS, "orders: {delivery: cdc, keys: [number], apply_as_deletes: {}}"),
}
NO_QUERY, NO_CALL, NOT_ONE, CHANGING = (
    "it holds a query inside",
    "it calls {}()",
    "it is not one expression",
    "it holds what differs",
)
REFUSED = {
    "reads files": {
        "read_csv('/etc/passwd')": NO_CALL,
        "read_text('/etc/passwd')": NO_CALL,
        "read_files('/etc')": NO_CALL,
        "load_file('/etc/passwd')": NO_CALL,
        "pg_read_file('/etc/passwd')": NO_CALL,
        "input_file_name()": NO_CALL,
        "parquet.`/etc/x`": "there is no lookup «parquet»",
        "(select value from text.`/etc/passwd`)": NO_QUERY,
        "exists (select 1 from csv.`/etc/passwd`)": NO_QUERY,
        "status in (select value from text.`/etc/passwd`)": NO_QUERY,
        "case when true then (select 1) end": NO_QUERY,
    },
    "writes": {
        "status; drop table silver.order": NOT_ONE,
        "status; insert into x values (1)": NOT_ONE,
        "status from x": NOT_ONE,
        "status union all select 1": NOT_ONE,
        "status where true": NOT_ONE,
        "status, status": NOT_ONE,
        "drop table x": "it names or stars its result|not valid SQL|it is not one",
        "insert into x select 1": "not valid SQL|it is not one|it names or stars",
        "create table x (a int)": "not valid SQL|it is not one|it names or stars",
    },
    "asks the machine": {
        "java_method('java.lang.System', 'getenv', 'PATH')": NO_CALL,
        "reflect('java.lang.System', 'exit', 0)": NO_CALL,
        "try_reflect('java.lang.System', 'getenv')": NO_CALL,
        "`reflect`('java.lang.System', 'getenv', 'PATH')": NO_CALL,
        "getenv('HOME')": NO_CALL,
        "version()": NO_CALL,
        "current_database()": NO_CALL,
        "current_catalog()": NO_CALL,
        "current_schema()": NO_CALL,
        "current_user()": CHANGING,
        "current_user": CHANGING,
        "session_user()": CHANGING,
        "user()": NO_CALL,
        "secret('scope', 'key')": NO_CALL,
        "http_request('https://example.org')": NO_CALL,
        "ai_query('model', status)": NO_CALL,
        "system('id')": NO_CALL,
        "spark_catalog.default.lower(status)": NO_CALL,
        "system.builtin.lower(status)": NO_CALL,
    },
    "gives another answer each time": {
        "now()": NO_CALL,
        "current_timestamp": CHANGING,
        "current_timestamp()": CHANGING,
        "current_date": CHANGING,
        "curdate()": CHANGING,
        "unix_timestamp()": CHANGING,
        "localtimestamp()": NO_CALL,
        "uuid()": NO_CALL,
        "rand()": NO_CALL,
        "randn(1)": NO_CALL,
        "shuffle(array(1, 2))": NO_CALL,
        "monotonically_increasing_id()": NO_CALL,
        "spark_partition_id()": NO_CALL,
    },
    "isn't row-wise": {
        "count(*)": "it holds an aggregate",
        "max(status)": "it holds an aggregate",
        "first(status)": "it holds an aggregate",
        "collect_list(status)": "it holds an aggregate",
        "percentile_approx(1, 0.5)": "it holds an aggregate|it calls",
        "row_number() over (order by status)": "it holds a window",
        "lower(status) over ()": "it holds a window",
        "explode(array(1, 2))": NO_CALL,
        "inline(array(struct(1)))": NO_CALL,
        "stack(2, 1, 2)": NO_CALL,
        "*": "it names or stars its result",
        "concat(*)": "it holds a star",
    },
    "fails, or fills the memory": {
        "raise_error('x')": NO_CALL,
        "case when status = 'x' then raise_error('x') end": NO_CALL,
        "assert_true(false)": NO_CALL,
        "transform(sequence(1, 1000000000), x -> x)": "it calls|there is no column",
        "sequence(1, 1000000000)": NO_CALL,
        "repeat('x', 1000000000)": NO_CALL,
        "space(1000000000)": NO_CALL,
        "array_repeat('x', 1000000000)": NO_CALL,
        "format_string('%999999999d', 1)": NO_CALL,
        "lpad(status, 1000000000, 'x')": "it pads to a length that isn't a number up to 1,000",
        "rpad(status, length(status) * 1000, 'x')": "it pads to a length that isn't a number up to 1,000",
        "aggregate(array(1), 0, (a, b) -> a + b)": "it calls|there is no column",
        "x -> x": "there is no column «x»",
        "1 / 0": "it divides decimals",
        "case when": "it is not valid SQL",
        "status = 'x": "it is not valid SQL",
        "(status": "it is not valid SQL",
    },
    "hides something": {
        ":p": "it holds a parameter",
        "status -- , (select 1)": "it holds a comment",
        "status /* x */": "it holds a comment",
        "lower/**/(status)": "it holds a comment",
        "/*+ broadcast(x) */ status": "it is not one expression|it holds a comment",
        "?": "it holds a parameter",
        "${env:HOME}": "it holds a parameter|it is not",
        "status as s": "it names or stars its result",
        "`status`.`x`": "there is no lookup «status»",
        "_file": "there is no column «_file»",
    },
}
CASES = [(kind, sql, what) for kind, all_of in REFUSED.items() for sql, what in all_of.items()]


def of_name(what: str, sql: str) -> str:
    return what.format(sql.split("(")[0].split("then ")[-1].split(".")[-1].strip("`")) if "{}" in what else what


@pytest.fixture(scope="module")
def declaration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("declared")
    shutil.copytree(CORNER_SHOP / "sources", folder / "sources")
    return folder / "sources" / "corner_shop" / "source.yml"


@pytest.mark.parametrize(("kind", "sql", "what"), CASES, ids=[f"{kind}: {sql}" for kind, sql, _ in CASES])
def test_refused(kind: str, sql: str, what: str) -> None:
    found = problem_in(sql, {"status", "number"}, {})
    assert found is not None
    with pytest.raises(AssertionError, match=of_name(what, sql)):
        raise AssertionError(found)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", REFUSED)
def test_refused_with_file_and_line(declaration: Path, place: str, kind: str) -> None:
    right, wrong = PLACES[place]
    text = (CORNER_SHOP / "sources" / "corner_shop" / "source.yml").read_text("utf-8")
    assert right in text
    sql = next(iter(REFUSED[kind]))
    declaration.write_text(text.replace(right, wrong.replace("{}", json.dumps(sql)), 1), "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_source(declaration, BY_BASE)
    where, _, sentence = str(caught.value).partition(": ")
    path, _, line = where.rpartition(":")
    assert path == str(declaration)
    assert json.dumps(sql) in declaration.read_text("utf-8").splitlines()[int(line) - 1]
    with pytest.raises(AssertionError, match=of_name(REFUSED[kind][sql], sql)):
        raise AssertionError(sentence)
    assert caught.value.remedy


def test_a_misspelt_function_is_told() -> None:
    for sql, meant in (
        ("to_dat(number)", "to_date"),
        ("Lowr(status)", "lower"),
        ("regex_replace(1)", "regexp_replace"),
    ):
        assert f"did you mean {meant}()?" in str(problem_in(sql, {"status", "number"}, {}))


FAILING = (
    "cast(s as int)", "cast(s as date)", "cast(s as timestamp)", "cast(s as boolean)", "cast(s as decimal)",
    "int(s)",
    "to_date(s)", "to_date(s, 'yyyy')", "to_timestamp(s, 'yyyy')", "to_number(s, '9')",
    "mod(i, i - i)", "i % (i - i)", "i div (i - i)", "cast(1 as double) / (i - i)",
    "element_at(array(i), 5)", "array(i)[5]", "make_date(2024, 10 + i, 1)", "make_timestamp(2024, 10 + i, 1, 0, 0, 0)",
    "cast(d * 100000000000000000 as decimal(18, 4))", "date_add(day, 2147483647)", "add_months(day, 2147483647)",
    "abs(cast(-9223372036854775808 as bigint) + i - i)", "regexp_replace(s, '(', '')", "s rlike '('", "split(s, '(')",
    "url_decode(concat('%', s))", "from_utc_timestamp(t, s)", "substring(s, 1, -i)",
)  # fmt: skip


def test_what_fails_on_a_value_says_so_and_keeps_it_to_itself(engine: Engine) -> None:
    row = "'Ada Lovelace' s, 1234.5678 d, 3 i, date '2024-01-01' day, timestamp '2024-01-01 10:00:00' t"
    rows = engine.sql(f"select {row} union all select {row}")
    for sql in FAILING:
        assert problem_in(sql, set("sdit") | {"day"}, {}) is None, sql
        with (
            pytest.raises(InputError, match="an expression of a map fails on a value") as caught,
            explained("staging.order"),
        ):
            rows.select(F.expr(sql)).collect()
        assert "Lovelace" not in str(caught.value), sql
        assert "1234" not in str(caught.value), sql
        assert caught.value.remedy


def test_sql_that_a_map_needs_is_not_refused() -> None:
    for sql in (
        "case when status in ('a', 'b') then upper(status) else 'x' end", "status like any ('a%', 'b%')",
        "not (status = 'x')", "status between 'a' and ('b')", "cast(number as decimal(18, 4))", "number::int",
        "coalesce(try_cast(number as int), 0) div (2)", "round(cast(number as double) / (2), 2)",
        "trim(both ' ' from (status))", "substring(status from (1) for (2))", "extract(year from date '2024-01-01')",
        "date '2024-01-01' + interval 1 day", "status <=> 'x' and (number) is not null", "map('a', 1)['a']",
        "split(status, ',')[0]", 'regexp_replace(status, "^\'", \'\')', "if(status = 'it\'\'s', r'\\d', '\\\\d')",
        "date_trunc('month', timestamp '2024-01-01 00:00:00')", "'--' || status || '/* no comment */'",
    ):  # fmt: skip
        assert problem_in(sql, {"status", "number"}, {}) is None, sql
