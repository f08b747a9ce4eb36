"""What Sail does when it writes Delta tables."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable, Schema

from shoplake.lake import Engine
from tests.canaries import canary, rows


def save(frame: Any, table: Path, mode: str = "append", **options: object) -> None:
    frame.write.format("delta").mode(mode).options(**options).save(str(table))


def load(engine: Engine, table: Path, **options: object) -> list[tuple[Any, ...]]:
    return rows(engine.read.format("delta").options(**options).load(str(table)))


def create(table: Path, kind: str = "integer", *, nullable: bool = True) -> None:
    field = {"name": "a", "type": kind, "nullable": nullable, "metadata": {}}
    DeltaTable.create(str(table), schema=Schema.from_json(json.dumps({"type": "struct", "fields": [field]})))


@canary("pysail")
def test_an_append_that_is_tried_again_doubles_its_rows(engine: Engine, table: Path) -> None:
    for _ in range(2):
        save(engine.sql("select 1 as a"), table, txnAppId="load", txnVersion=1)
    assert load(engine, table) == [(1,), (1,)]


@canary("pysail")
def test_a_dynamic_overwrite_of_one_partition_removes_all(engine: Engine, table: Path) -> None:
    engine.sql("select 1 as a, 'x' as p union all select 2, 'y'").write.format("delta").partitionBy("p").save(
        str(table)
    )
    save(engine.sql("select 3 as a, 'x' as p"), table, "overwrite", partitionOverwriteMode="dynamic")
    assert load(engine, table) == [(3, "x")]


@canary("pysail")
def test_replace_where_replaces_its_partition_alone(engine: Engine, table: Path) -> None:
    engine.sql("select 1 as a, 'x' as p union all select 2, 'y'").write.format("delta").partitionBy("p").save(
        str(table)
    )
    save(engine.sql("select 3 as a, 'x' as p"), table, "overwrite", replaceWhere="p = 'x'")
    assert load(engine, table) == [(2, "y"), (3, "x")]


@canary("pysail")
def test_replace_where_takes_rows_outside_its_predicate(engine: Engine, table: Path) -> None:
    engine.sql("select 1 as a, 'x' as p union all select 2, 'y'").write.format("delta").partitionBy("p").save(
        str(table)
    )
    save(engine.sql("select 3 as a, 'y' as p"), table, "overwrite", replaceWhere="p = 'x'")
    assert load(engine, table) == [(2, "y"), (3, "y")]


@canary("pysail", "lake/schema.check_schema")
@pytest.mark.parametrize("mode", ["append", "overwrite"])
@pytest.mark.parametrize(
    ("value", "becomes"), [("'q'", None), ("1099511627776", None), ("3e10D", None), ("2.7D", 2), ("true", 1)]
)
def test_a_write_turns_what_does_not_fit_into_null(
    engine: Engine, table: Path, value: str, becomes: int | None, mode: str
) -> None:
    create(table)
    save(engine.sql(f"select {value} as a"), table, mode)
    assert load(engine, table) == [(becomes,)]


@canary("pysail")
def test_insert_and_merge_reject_what_does_not_fit_but_cut_fractions(engine: Engine, table: Path) -> None:
    create(table)
    engine.sql(f"create table canary_insert using delta location '{table}'")
    engine.createDataFrame([("q", 2**40, 2.7)], "text string, wide bigint, broken double").createOrReplaceTempView(
        "bad"
    )
    for name in ("text", "wide"):
        with pytest.raises(Exception, match=r"(?i)cast"):
            engine.sql(f"insert into canary_insert select {name} from bad").collect()
        with pytest.raises(Exception, match=r"(?i)cast"):
            engine.sql(
                f"merge into delta.`{table}` t using bad on false when not matched then insert (a) values (bad.{name})"
            ).collect()
    engine.sql("insert into canary_insert select broken from bad").collect()
    assert load(engine, table) == [(2,)]


@canary("pysail")
def test_an_insert_does_not_find_a_table_by_its_path(engine: Engine, table: Path) -> None:
    create(table)
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        engine.sql(f"insert into delta.`{table}` values (1)").collect()
    assert rows(engine.sql(f"select * from delta.`{table}`")) == []


@canary("pysail", "docs/decisions/0002, lake/schema._field, lake/store._check_required")
def test_not_null_is_checked_on_rows_that_a_filter_removed(engine: Engine, table: Path) -> None:
    create(table, nullable=False)
    frame = engine.createDataFrame([(1,), (None,)], "a int").where("a is not null")
    with pytest.raises(Exception, match="DELTA_NOT_NULL_CONSTRAINT_VIOLATED"):
        save(frame, table, "overwrite")


@canary("pysail", "lake/tables.read")
def test_a_table_can_be_read_as_it_was_at_a_version(engine: Engine, table: Path) -> None:
    for value in (1, 2):
        save(engine.sql(f"select {value} as a"), table, "overwrite")
    assert load(engine, table, versionAsOf=0) == [(1,)]


@canary("pysail")
def test_the_most_records_per_file_are_ignored(engine: Engine, table: Path) -> None:
    save(engine.range(0, 1000, 1, 1), table, maxRecordsPerFile=100)
    assert len(list(table.glob("*.parquet"))) == 1


@canary("pysail", "docs/decisions/0005, lake/base._written_by")
def test_no_rows_over_no_rows_commit_nothing(engine: Engine, table: Path) -> None:
    create(table)
    versions = []
    for value in (None, 1, None, None):
        save(engine.sql(f"select {value or 0} as a").where(f"{value is not None}"), table, "overwrite")
        versions.append(DeltaTable(str(table)).version())
    assert versions == [0, 1, 2, 2]


@canary("pysail", "lake/base._CONFLICT")
@pytest.mark.parametrize("is_overwrite", [True, False])
def test_the_loser_of_two_writers_is_not_retried(engine: Engine, table: Path, is_overwrite: bool) -> None:
    def write(_: int) -> str:
        try:
            if is_overwrite:
                save(engine.range(1000), table, "overwrite")
            else:
                engine.sql(f"update delta.`{table}` set id = id + 1 where id >= 0").collect()
        except Exception as failure:
            return str(failure)
        return ""

    save(engine.range(1000), table)
    failures: set[str] = set()
    for _ in range(5):  # writers that happen to come one after the other don't meet
        with ThreadPoolExecutor(4) as writers:
            failures |= set(writers.map(write, range(4))) - {""}
        if failures:
            break
    assert failures == {"Failed to commit transaction: 0"}


@canary("pysail", "sources/declaration.SPARK_TYPES")
def test_a_time_without_zone_asks_more_of_readers(engine: Engine, table: Path) -> None:
    save(engine.sql("select timestamp'2024-01-01 00:00:00' as a"), table)
    assert DeltaTable(str(table)).protocol().min_reader_version == 1
    other = table.with_name("other")
    save(engine.sql("select timestamp_ntz'2024-01-01 00:00:00' as a"), other)
    assert DeltaTable(str(other)).protocol().min_reader_version == 3


@canary("pysail", "lake/tables.added")
def test_arrays_of_its_files_and_of_delta_rs_cannot_be_merged(engine: Engine, table: Path) -> None:
    save(engine.createDataFrame([(1, ["x"]), (2, ["y"])], "a int, r array<string>"), table)
    DeltaTable(str(table)).delete("a = 1")
    save(engine.createDataFrame([(3, ["z"])], "a int, r array<string>"), table)
    assert sorted(load(engine, table)) == [(2, ["y"]), (3, ["z"])]
    files = DeltaTable(str(table)).file_uris()
    with pytest.raises(Exception, match="Utf8View"):
        rows(engine.read.parquet(*files))


@canary("pysail", "warehouse/duckdb_table.fill")
def test_a_partition_of_nulls_is_read_by_duckdb_as_nulls(engine: Engine, table: Path) -> None:
    frame = engine.sql("select 1 as a, cast(null as string) as p union all select 2, '2024-05'")
    frame.write.format("delta").partitionBy("p").save(str(table))
    files = DeltaTable(str(table)).file_uris()
    assert any("__HIVE_DEFAULT_PARTITION__" in file for file in files)
    read = "select a, p from read_parquet(?, hive_partitioning = true, hive_types = {'p': VARCHAR}) order by a"
    assert duckdb.execute(read, [files]).fetchall() == [(1, None), (2, "2024-05")]
