"""What Sail doesn't have: it says so, or does nothing. Each was counted on to fail, not to be half there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import Observation
from pyspark.sql import functions as F

from shoplake.lake import Engine
from tests.canaries import canary, rows


def save(engine: Engine, table: Path) -> str:
    engine.sql("select 1 as a").write.format("delta").save(str(table))
    return f"delta.`{table}`"


@canary("pysail")
@pytest.mark.parametrize(
    "statement",
    [
        "vacuum {}",
        "optimize {}",
        "restore table {} to version as of 0",
        "describe history {}",
        "describe detail {}",
        "alter table {} add columns (b int)",
        "cache table {}",
        "select a from {} qualify row_number() over (order by a) = 1",
        "select * from table_changes('{}', 0)",
    ],
)
def test_a_statement_is_not_there(engine: Engine, table: Path, statement: str) -> None:
    name = save(engine, table)
    with pytest.raises(Exception, match=r"(?i)unsupported|invalid argument|unknown|CacheTable"):
        engine.sql(statement.format(name)).collect()


@canary("pysail")
def test_restore_and_history_of_the_engine_are_not_there_but_of_delta_rs(engine: Engine, table: Path) -> None:
    """So `lake/store` restores and looks back by delta-rs."""
    save(engine, table)
    engine.sql("select 2 as a").write.format("delta").mode("overwrite").save(str(table))
    delta = DeltaTable(str(table))
    delta.restore(0)
    assert [commit["version"] for commit in delta.history()] == [2, 1, 0]
    assert rows(engine.read.format("delta").load(str(table))) == [(1,)]


@canary("pysail")
def test_observations_are_not_there(engine: Engine) -> None:
    with pytest.raises(Exception, match="collect metrics"):
        engine.range(10).observe(Observation("seen"), F.count(F.lit(1)).alias("rows")).collect()


@canary("pysail")
def test_approximate_quantiles_are_not_there(engine: Engine) -> None:
    with pytest.raises(Exception, match="approx quantile"):
        engine.range(10).approxQuantile("id", [0.5], 0.1)


@canary("pysail")
def test_jdbc_is_not_there(engine: Engine) -> None:
    with pytest.raises(Exception, match="No data source found for: jdbc"):
        engine.range(1).write.format("jdbc").options(url="jdbc:sqlite::memory:", dbtable="t").save()


@canary("pysail")
def test_a_change_feed_cannot_be_asked_for_when_a_table_is_made(engine: Engine, table: Path) -> None:
    with pytest.raises(Exception, match="ChangeDataFeed"):
        engine.sql(
            f"create table canary_feed (a int) using delta location '{table}' "
            "tblproperties ('delta.enableChangeDataFeed' = 'true')"
        ).collect()


@canary("pysail")
def test_a_reader_of_changes_gets_the_table_instead(engine: Engine, table: Path) -> None:
    save(engine, table)
    reader = engine.read.format("delta").options(readChangeFeed=True, startingVersion=0)
    assert reader.load(str(table)).columns == ["a"]


@canary("pysail")
def test_identity_columns_are_there(engine: Engine, table: Path) -> None:
    """Keys are computed all the same: handed-out ones differ from run to run."""
    engine.sql(
        f"create table canary_ids (id bigint generated always as identity, a int) using delta location '{table}'"
    )
    engine.sql("insert into canary_ids (a) values (5), (6)").collect()
    assert rows(engine.read.format("delta").load(str(table))) == [(1, 5), (2, 6)]


@canary("pysail")
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("delta source", "only supports streaming data"),
        ("delta sink", "unsupported extension node for streaming"),
        ("kafka", "No data source found for: kafka"),
        ("foreachBatch", "missing argument: Python UDF output type"),
        ("watermark", "with watermark"),
    ],
)
def test_streaming_is_not_there(engine: Engine, table: Path, kind: str, message: str) -> None:
    save(engine, table)
    with pytest.raises(Exception, match=message):
        _stream(engine, table, kind)


def _stream(engine: Engine, table: Path, kind: str) -> Any:
    rate = engine.readStream.format("rate").load()
    match kind:
        case "delta source":
            return engine.readStream.format("delta").load(str(table)).writeStream.format("console").start()
        case "delta sink":
            sink = rate.writeStream.format("delta").option("checkpointLocation", str(table.with_name("checkpoint")))
            return sink.start(str(table.with_name("sink")))
        case "kafka":
            options = {"kafka.bootstrap.servers": "localhost:1", "subscribe": "topic"}
            return engine.readStream.format("kafka").options(**options).load().writeStream.format("console").start()
        case "foreachBatch":
            return rate.writeStream.foreachBatch(lambda frame, number: None).start()
    return rate.withWatermark("timestamp", "1 minute").writeStream.format("console").start()
