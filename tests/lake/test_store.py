"""The door: what it refuses, what it keeps out of the log, what it puts there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from shoplake.contract import Column, Money, Table, Text
from shoplake.errors import QualityError, ShoplakeError
from shoplake.lake import Engine, Lake, TableVersion
from shoplake.lake.failures import explain

TABLE = Table(
    name="silver.thing",
    meaning="A thing",
    grain="one row per thing",
    key=("thing_id",),
    columns=(
        Text("thing_id", "its id", required=True),
        Column("weight", "int", "its weight", unit="g"),
        Money("price", "its price"),
        Text("owner", "who owns it", personal=True),
    ),
)
SQL = "select '{}' as thing_id, {} as weight, cast(2.5 as decimal(18,4)) as price, 'Ada Byron' as owner"


@pytest.fixture
def lake(tmp_path: Path, engine: Engine) -> Lake:
    return Lake(tmp_path, engine)


def log(lake: Lake) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((lake.path(TABLE.name) / "_delta_log").glob("*.json")))


def test_a_write_is_a_version_with_its_run_and_comments(lake: Lake, engine: Engine) -> None:
    first = lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    second = lake.overwrite(TABLE, engine.sql(SQL.format("b", 2) + " union all " + SQL.format("c", 3)), "run-2")
    assert (first.rows, second.rows) == (1, 2)
    assert [r["thing_id"] for r in lake.read(TABLE.name, first.version).collect()] == ["a"]
    assert '{\\"run_id\\": \\"run-2\\"}' in log(lake)
    assert "its weight" in log(lake)


def test_another_writers_version_is_not_taken_for_our_own(
    lake: Lake, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Lake._written_by

    def after_another(self: Lake, run_id: str, before: TableVersion) -> TableVersion:
        if run_id == "run-1":
            lake.overwrite(TABLE, engine.sql(SQL.format("b", 2) + " union all " + SQL.format("c", 3)), "run-2")
        return real(self, run_id, before)

    monkeypatch.setattr(Lake, "_written_by", after_another)
    ours = lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    assert [r["thing_id"] for r in lake.read(TABLE.name, ours.version).collect()] == ["a"]
    assert lake.head(TABLE.name).rows == 2


def test_no_rows_over_no_rows(lake: Lake, engine: Engine) -> None:
    nothing = engine.sql(SQL.format("a", 1)).where("weight = 2")
    first = lake.overwrite(TABLE, nothing, "run-1")
    assert first.rows == 0
    assert lake.overwrite(TABLE, nothing, "run-2") == first
    assert lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-3").rows == 1
    assert lake.overwrite(TABLE, nothing, "run-4").rows == 0


def test_personal_values_stay_out_of_the_log(lake: Lake, engine: Engine) -> None:
    lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    assert "Ada" not in log(lake)
    assert '\\"weight\\":1' in log(lake)


def test_texts_that_are_all_equal_can_be_hashed(lake: Lake, engine: Engine) -> None:
    """As the ids of a shop's only store are: see the canary of this."""
    rows = engine.sql(" union all ".join([SQL.format("only one", 1)] * 3))
    lake.overwrite(TABLE, rows, "r")
    keys = lake.read(TABLE.name, 1).selectExpr("weight", "xxhash64(thing_id)").collect()
    assert len(keys) == 3


def test_amounts_that_are_all_equal_keep_their_digits(lake: Lake, engine: Engine) -> None:
    """Amounts times rates of a file with one row: see the canary of this."""
    amount = "12345678901234.5678"
    lake.overwrite(TABLE, engine.sql(SQL.replace("2.5", f"'{amount}'").format("a", 1)), "r")
    assert [str(row["price"]) for row in lake.read(TABLE.name, 1).collect()] == [amount]


def test_any_delta_reader_can_read_it(lake: Lake, engine: Engine) -> None:
    lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    assert DeltaTable(lake.path(TABLE.name)).protocol().min_reader_version == 1


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (SQL.format("a", "'heavy'"), "weight string"),
        (SQL.format("a", "cast(1 as bigint)"), "weight bigint"),
        (SQL.format("a", 1) + ", 1 as more", "more int"),
        ("select 'a' as thing_id", "wanted: weight int, price decimal(18,4), owner string"),
        (f"select weight, thing_id, price, owner from ({SQL.format('a', 1)})", "in another order"),
    ],
)
def test_other_columns_or_types_are_refused(lake: Lake, engine: Engine, sql: str, message: str) -> None:
    with pytest.raises(QualityError) as caught:
        lake.overwrite(TABLE, engine.sql(sql), "run-1")
    assert message in str(caught.value)
    assert not lake.exists(TABLE.name)


def test_a_missing_required_value_is_refused(lake: Lake, engine: Engine) -> None:
    nameless = SQL.format("a", 1).replace("'a' as", "cast(null as string) as")
    with pytest.raises(QualityError, match="silver.thing: 1 rows have no thing_id"):
        lake.overwrite(TABLE, engine.sql(nameless), "run-1")


def test_a_changed_contract_keeps_the_history(lake: Lake, engine: Engine) -> None:
    first = lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    wider = Table(TABLE.name, "More", TABLE.grain, TABLE.key, (*TABLE.columns, Text("colour", "its colour")))
    lake.overwrite(wider, engine.sql(SQL.format("b", 2) + ", 'red' as colour"), "run-2")
    assert [r["thing_id"] for r in lake.read(TABLE.name, first.version).collect()] == ["a"]
    assert lake.head(TABLE.name).rows == 1


def test_restore_puts_the_head_back_once(lake: Lake, engine: Engine) -> None:
    first = lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    lake.overwrite(TABLE, engine.sql(SQL.format("b", 2)), "run-2")
    assert lake.restore(TABLE.name, first.version)
    assert not lake.restore(TABLE.name, first.version)
    head = lake.head(TABLE.name)
    assert [r["thing_id"] for r in lake.read(TABLE.name, head.version).collect()] == ["a"]


def test_every_version_can_be_read_whatever_came_after_it(lake: Lake, engine: Engine) -> None:
    for number in range(12):
        lake.append(TABLE, engine.sql(SQL.format(number, number)), f"run-{number}")
    log = lake.path(TABLE.name) / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))  # before which the engine alone finds nothing
    assert [lake.read(TABLE.name, version).count() for version in (12, 5, 9, 12, 1)] == [12, 5, 9, 12, 1]


def test_old_commits_stay_until_somebody_says_so(lake: Lake, engine: Engine) -> None:
    for number in range(22):
        if number == 11:
            for path in (lake.path(TABLE.name) / "_delta_log").iterdir():
                os.utime(path, (0, 0))
        lake.append(TABLE, engine.sql(SQL.format(number, number)), f"run-{number}")
    assert len(list((lake.path(TABLE.name) / "_delta_log").glob("*.json"))) == 23


def test_a_table_whose_creation_was_cut_off_is_created_anew(lake: Lake, engine: Engine) -> None:
    (lake.path(TABLE.name) / "_delta_log").mkdir(parents=True)
    assert lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1").rows == 1


def test_a_store_that_refuses_says_nothing_of_a_table(
    lake: Lake, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who took it for broken would put it aside, and make it anew."""
    first = lake.overwrite(TABLE, engine.sql(SQL.format("T1", 1)), "r1")

    def refused(*_: object, **__: object) -> None:
        raise DeltaError("Generic MicrosoftAzure error: 403 Forbidden: <Code>AuthorizationFailure</Code>")

    log = lake.log_digest(TABLE.name, first.version)
    fresh = Lake(lake.path(TABLE.name).parents[1], engine)
    with monkeypatch.context() as patched:
        patched.setattr("deltalake.DeltaTable", refused)
        for ask in (
            lambda: fresh.head_of(TABLE.name),
            lambda: fresh.exists(TABLE.name),
            lambda: fresh.holds(TABLE, first.version, log),
            lambda: fresh.overwrite(TABLE, engine.sql(SQL.format("T2", 2)), "r2"),
        ):
            with pytest.raises(Exception, match="AuthorizationFailure|refuses this identity"):
                ask()
    assert [each.name for each in lake.path(TABLE.name).parent.iterdir()] == ["thing"]
    assert fresh.head(TABLE.name) == first


def test_a_table_that_cannot_be_read_is_put_aside_not_removed(lake: Lake, engine: Engine) -> None:
    lake.overwrite(TABLE, engine.sql(SQL.format("a", 1)), "run-1")
    for commit in (lake.path(TABLE.name) / "_delta_log").glob("*.json"):
        commit.write_text("{", "utf-8")
    assert not lake.exists(TABLE.name)
    assert lake.overwrite(TABLE, engine.sql(SQL.format("b", 2)), "run-2").rows == 1
    (aside,) = lake.path(TABLE.name).parent.glob("thing.broken-*")
    assert list(aside.glob("*.parquet"))


def test_failures_have_a_remedy() -> None:
    full = explain(OSError(28, "No space left on device"), "gold.fact_sales")
    assert (full.exit_code, "the disk is full" in str(full)) == (6, True)
    unknown = explain(RuntimeError("boom\n  at line 3"), "gold.fact_sales")
    assert isinstance(unknown, ShoplakeError)
    assert str(unknown) == "gold.fact_sales: the engine failed: boom. --debug shows the whole error."
