"""What a damaged table looks like to those who read it, and what a deletion leaves behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from deltalake import DeltaTable

from shoplake.lake import Engine
from tests.canaries import canary, rows

PEOPLE = "select 'Zoe Nobody' as name, 1 as a union all select 'Ada Nobody', 2"


def holds(files: list[Path], text: bytes) -> bool:
    return any(text in file.read_bytes() for file in files)


@canary("pysail", "lake/durability.make_durable, lake/durability.damages")
def test_an_empty_last_commit_is_no_rows_and_no_error(engine: Engine, table: Path) -> None:
    for value in (1, 2):
        engine.sql(f"select {value} as a").write.format("delta").mode("append").save(str(table))
    (table / "_delta_log" / f"{1:020}.json").write_bytes(b"")
    assert rows(engine.read.format("delta").load(str(table))) == [(1,)]
    delta = DeltaTable(str(table))
    assert (delta.version(), delta.to_pyarrow_table()["a"].to_pylist()) == (1, [1])


@canary("deltalake", "lake/durability.make_durable, lake/durability.damages")
def test_an_empty_only_commit_is_a_table_without_rows(engine: Engine, table: Path) -> None:
    engine.sql("select 1 as a").write.format("delta").save(str(table))
    (table / "_delta_log" / f"{0:020}.json").write_bytes(b"")
    assert DeltaTable(str(table)).to_pyarrow_table().num_rows == 0
    with pytest.raises(Exception, match="without protocol"):
        rows(engine.read.format("delta").load(str(table)))


@canary("pysail", "lake/durability.digest, lake/durability.damages")
def test_a_flipped_bit_gives_other_data_without_an_error(engine: Engine, table: Path) -> None:
    engine.sql("select id, id * 7919 % 10007 as v from range(5000)").coalesce(1).write.format("delta").save(str(table))
    (file,) = table.glob("*.parquet")
    content = file.read_bytes()
    good = rows(engine.read.format("delta").load(str(table)))
    others = 0
    for part in range(1, 14):
        flipped = bytearray(content)
        flipped[part * len(content) // 14] ^= 1
        file.write_bytes(flipped)
        try:
            others += rows(engine.read.format("delta").load(str(table))) != good
        except Exception:
            continue
    assert others


@canary("pysail", "lake/schema.delta_configuration")
def test_a_deleted_value_stays_in_the_log(engine: Engine, table: Path) -> None:
    engine.sql(PEOPLE).write.format("delta").save(str(table))
    engine.sql(f"delete from delta.`{table}` where name = 'Zoe Nobody'").collect()
    DeltaTable(str(table)).vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert not holds(list(table.glob("*.parquet")), b"Zoe")
    first, deletion, *_ = sorted((table / "_delta_log").glob("*.json"))
    assert "maxValues" in first.read_text("utf-8")
    assert holds([first], b"Zoe")  # as the largest name
    assert re.search("predicate.*name = .*Zoe", deletion.read_text("utf-8"))


@canary("pysail", "lake/schema.delta_configuration")
def test_deletion_vectors_keep_a_deleted_row_and_shut_out_readers(engine: Engine, table: Path) -> None:
    properties = "tblproperties ('delta.enableDeletionVectors' = 'true')"
    engine.sql(f"create table canary_vectors (name string, a int) using delta location '{table}' {properties}")
    engine.sql(PEOPLE).coalesce(1).write.format("delta").mode("append").save(str(table))
    engine.sql(f"delete from delta.`{table}` where a = 1").collect()
    delta = DeltaTable(str(table))
    delta.vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert rows(engine.read.format("delta").load(str(table))) == [("Ada Nobody", 2)]
    assert holds(list(table.glob("*.parquet")), b"Zoe")
    with pytest.raises(Exception, match="deletionVectors"):
        delta.to_pyarrow_table()
