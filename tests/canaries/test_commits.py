"""What the engines do with checkpoints and old commits."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Schema, write_deltalake

from shoplake.lake import Engine
from shoplake.lake.log import KEEP
from tests.canaries import canary, rows


def append(engine: Engine, table: Path, values: range) -> None:
    for value in values:
        engine.sql(f"select {value} as a").write.format("delta").mode("append").save(str(table))


@canary("pysail", "lake/log.drop_later_hint")
def test_a_version_before_the_last_checkpoint_is_not_found(engine: Engine, table: Path) -> None:
    append(engine, table, range(12))
    reader = engine.read.format("delta").option("versionAsOf", 5)
    with pytest.raises(Exception, match="Missing commit file: expected version 0, found 4"):
        reader.load(str(table)).collect()
    (table / "_delta_log" / "_last_checkpoint").unlink()
    assert len(rows(reader.load(str(table)))) == 6


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("writer", ["pysail", "deltalake"])
def test_who_makes_a_checkpoint_removes_old_commits(engine: Engine, table: Path, writer: str, keep: bool) -> None:
    @canary(writer, "lake/log.KEEP")
    def written() -> None:
        one = pa.table({"a": pa.array([1], pa.int32())})
        DeltaTable.create(str(table), Schema.from_arrow(one.schema), configuration=KEEP if keep else None)
        for value in range(100 if writer == "deltalake" else 22):
            if value == 11:
                DeltaTable(str(table)).create_checkpoint()
                for path in (table / "_delta_log").iterdir():
                    os.utime(path, (0, 0))
            if writer == "pysail":
                append(engine, table, range(1))
            else:
                write_deltalake(str(table), one, mode="append")
        assert (table / "_delta_log" / f"{3:020}.json").exists() == keep

    written()
