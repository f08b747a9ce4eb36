"""The rendered SQL of Synapse and Fabric says what the contracts say; no server of theirs can be had to ask."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from shoplake import gold
from shoplake.contract import Column, Table, Text
from shoplake.warehouse import synapse
from shoplake.warehouse.render import Kind, render
from tests.conftest import ROOT
from tests.warehouse.tsql_reader import problems

FOLDER = ROOT / "azure" / "synapse"
KINDS = ("dedicated", "serverless", "fabric")
TABLES = {table.name: table for table in gold.tables()}


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_synapse", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sql_of(kind: str) -> str:
    return "".join(path.read_text("utf-8") for path in sorted((FOLDER / kind).glob("*.sql")))


def test_files_are_current() -> None:
    made: dict[str, str] = maker().files()
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.sql")} == set(made)
    for path, text in made.items():
        assert (FOLDER / path).read_text("utf-8") == text, f"{path} is not current: run `make docs`"


@pytest.mark.parametrize("kind", KINDS)
def test_each_table_is_as_its_contract_says(kind: str) -> None:
    sql = sql_of(kind)
    for table in gold.tables():
        assert problems(kind, sql, table) == [], table.name


def test_every_kind_of_column_has_a_type() -> None:
    """A project's own marts have kinds that the package's tables haven't."""
    kinds = ("string", "boolean", "int", "bigint", "double", "date", "timestamp", "decimal(38,4)")
    columns = (
        Text("order_id", "which", required=True),
        *(Column(f"c{at}", kind, "x") for at, kind in enumerate(kinds)),
    )
    table = Table("gold.mart_own", "Own", "one row per x", ("order_id",), columns)
    for kind, whose in zip(KINDS, (Kind.synapse, Kind.serverless, Kind.fabric), strict=True):
        assert problems(kind, "".join(render(whose, [table]).values()), table) == []


def cut(sql: str, start: str, old: str, new: str) -> str:
    """The SQL with the first `old` after `start` replaced."""
    at = sql.index(start)
    assert old in sql[at:], old
    return sql[:at] + sql[at:].replace(old, new, 1)


STAGE, COPIED = "CREATE TABLE stage.[fact_sales]", "COPY INTO stage.[fact_sales]"
MADE, ALTERED = "CREATE TABLE gold_a.[fact_sales]", "ELSE EXEC('ALTER VIEW gold.[fact_sales]"
VIEW, NEXT = "VIEW gold.[fact_sales]", "CREATE TABLE gold.[fact_sales__next]"
BINARY = "COLLATE Latin1_General_100_BIN2"
# Which target, where, what becomes what -> what the reader says of it.
MUTATIONS = [
    ("dedicated", STAGE, f"  [currency] nvarchar(256) {BINARY} NULL,\n", "", "its columns"),
    ("dedicated", STAGE, "[net_amount] decimal(18,4)", "[net_amount] float", "net_amount is float"),
    ("dedicated", STAGE, "[net_amount] decimal(18,4)", "[net_amount] decimal(18,2)", "net_amount is"),
    ("dedicated", STAGE, "[order_id] nvarchar(256)", "[order_id] varchar(256)", "order_id is"),
    ("dedicated", STAGE, "[ordered_at] datetime2(6)", "[ordered_at] datetime", "ordered_at is"),
    (
        "dedicated",
        STAGE,
        f"[order_id] nvarchar(256) {BINARY} NOT",
        f"[order_id] nvarchar(256) {BINARY}",
        "order_id is NULL",
    ),
    ("dedicated", COPIED, "[order_id] 2, [line_number] 3", "[line_number] 2, [order_id] 3", "what is copied"),
    ("dedicated", COPIED, "[line_number] 3", "[line_number] 4", "from other places"),
    ("dedicated", COPIED, "gold/fact_sales/*", "gold/fact_returns/*", "it is copied from"),
    ("dedicated", MADE, "HASH([order_id])", "HASH([order])", "distributed by order"),
    ("dedicated", MADE, "DISTRIBUTION = HASH([order_id]),\n", "", "how it is distributed"),
    ("dedicated", MADE, "PARTITION ([order_date]", "PARTITION ([order_month]", "kept apart by order_month"),
    ("dedicated", MADE, "AS SELECT [source], [order_id]", "AS SELECT [source]", "its rows"),
    ("dedicated", "EXEC('CREATE VIEW gold.[fact_sales]", "[order_id], ", "", "CREATE VIEW"),
    ("dedicated", ALTERED, "[order_id], [line_number]", "[line_number], [order_id]", "ALTER VIEW"),
    ("dedicated", ALTERED, "FROM gold_a.[fact_sales]", "FROM gold_a.[fact_returns]", "ALTER VIEW"),
    ("dedicated", "ADD CONSTRAINT [key_fact_sales]", "[order_id]", "[line_id]", "its key is"),
    ("dedicated", "ON gold_a.[fact_sales]", "([source])", "([sauce])", "statistics on sauce"),
    ("dedicated", "GRANT SELECT ON gold.[dim_customer]", "[gender]", "[birth_date], [gender]", "an analyst sees"),
    ("dedicated", "GRANT SELECT ON gold.[fact_sales]", "shoplake_analyst", "shoplake_shared", "everybody sees"),
    ("serverless", VIEW, "[order_id], ", "", "its view"),
    ("serverless", VIEW, f"  [order_month] varchar(512) {BINARY}_UTF8,\n", "", "its columns"),
    ("serverless", VIEW, "gold/fact_sales/", "silver/order_line/", "it reads silver"),
    ("serverless", VIEW, "[customer_key] bigint", "[customer_key] int", "customer_key is int"),
    ("fabric", NEXT, "[customer_key] bigint", "[customer_key] int", "customer_key is int"),
    ("fabric", NEXT, "varchar(512)", "nvarchar(512)", "Fabric knows no nvarchar"),
    ("fabric", "COPY INTO gold.[fact_sales__next]", "[source] 1, ", "", "what is copied"),
    (
        "fabric",
        "BEGIN TRANSACTION",
        "EXEC sp_rename 'gold.fact_sales__next', 'fact_sales'\n",
        "",
        "not put in its place",
    ),
    ("fabric", "BEGIN TRANSACTION", "DROP TABLE IF EXISTS gold.[fact_sales]\n", "", "the old table stays"),
]


@pytest.mark.parametrize(
    "case", MUTATIONS, ids=lambda case: f"{case[0]}: {case[2][:40].strip()} -> {case[3][:30].strip()}"
)
def test_what_is_broken_is_noticed(case: tuple[str, str, str, str, str]) -> None:
    kind, start, old, new, told = case
    table = TABLES["gold.dim_customer" if "dim_customer" in start else "gold.fact_sales"]
    found = problems(kind, cut(sql_of(kind), start, old, new), table)
    assert any(told in each for each in found), found


@pytest.mark.parametrize("kind", ["dedicated", "fabric"])
def test_who_loads_may_load(kind: str) -> None:
    """In every schema that a load writes to, and nothing of it is run by the load itself."""
    home = (FOLDER / kind / "01_home.sql").read_text("utf-8")
    given = set(re.findall(r"^GRANT (.*) TO shoplake_loader$", home, re.MULTILINE))
    used = {*re.findall(r"(?:TABLE|VIEW|INTO) (\w+)\.\[", sql_of(kind)), "shoplake"}
    assert {f"CONTROL ON SCHEMA::{name}" for name in used} <= given
    assert given - {each for each in given if each.startswith("CONTROL")} == {
        "CREATE TABLE", "CREATE VIEW", "ADMINISTER DATABASE BULK OPERATIONS"
    }  # fmt: skip
    assert home.index("CREATE ROLE shoplake_loader") < home.index("TO shoplake_loader")


def test_what_lies_together() -> None:
    """Lines, returns and payments of an order; small tables everywhere; each fact by the years of its business date."""
    how = {name: synapse.distribution(table) for name, table in TABLES.items()}
    assert {how[f"gold.fact_{name}"] for name in ("sales", "returns", "payments")} == {"HASH([order_id])"}
    assert {how[name] for name in TABLES if ".dim_" in name} == {"REPLICATE"}
    assert how["gold.mart_customer"] == "HASH([customer_key])"
    assert how["gold.mart_sales_daily"] == "ROUND_ROBIN"
    apart = {name: re.findall(r"PARTITION \(\[(\w+)\]", synapse.partition(table)) for name, table in TABLES.items()}
    assert {name: found[0] for name, found in apart.items() if found} == {
        "gold.fact_sales": "order_date", "gold.fact_returns": "return_date", "gold.fact_payments": "payment_date"
    }  # fmt: skip


def test_no_secret_and_no_machine_in_them() -> None:
    for path in Path(FOLDER).rglob("*.sql"):
        assert not re.search(r"password|secret|sig=|AccountKey", path.read_text("utf-8"), re.IGNORECASE), path
