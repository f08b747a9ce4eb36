"""What is said to a catalog, and what its history tells; tests/spark has the same on a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from shoplake.contract import Column, Table, Text
from shoplake.lake.catalog_sql import Commit, create, digest, has_rows_of, is_outdated, log_digest, tags

TABLE = Table(
    name="gold.dim_some",
    meaning="some of the shop's",
    grain="one row per n",
    key=("n",),
    columns=(
        Column("n", "bigint", "number", unit="pieces", required=True),
        Text("who", "whose", personal=True),
        Column("is_new", "boolean", "whether it is new"),
        Text("m", "month"),
    ),
    partitioned_by="m",
)


def test_a_table_says_its_contract() -> None:
    assert create("`c`.`gold`.`dim_some`", TABLE, 30) == (
        "CREATE OR REPLACE TABLE `c`.`gold`.`dim_some` (`n` BIGINT NOT NULL COMMENT 'number (pieces)', "
        "`who` STRING COMMENT 'whose', `is_new` BOOLEAN COMMENT 'whether it is new', `m` STRING COMMENT 'month') "
        "USING DELTA PARTITIONED BY (`m`) COMMENT 'some of the shop\\'s. Grain: one row per n.' "
        "TBLPROPERTIES ('delta.dataSkippingStatsColumns' = 'n', 'delta.enableDeletionVectors' = 'false', "
        "'delta.logRetentionDuration' = 'interval 31 days', 'delta.deletedFileRetentionDuration' = 'interval 31 days', "
        f"'shoplake.key' = 'n', 'shoplake.personal' = 'who', 'shoplake.contract' = '{digest(TABLE)}')"
    )
    assert list(tags("t", TABLE)) == ["ALTER TABLE t ALTER COLUMN `who` SET TAGS ('personal' = 'true')"]


def test_any_change_of_a_contract_shows() -> None:
    others = [
        Table(TABLE.name, "other", TABLE.grain, TABLE.key, TABLE.columns, partitioned_by="m"),
        Table(TABLE.name, TABLE.meaning, TABLE.grain, ("n", "m"), TABLE.columns, partitioned_by="m"),
        Table(TABLE.name, TABLE.meaning, TABLE.grain, TABLE.key, TABLE.columns),
        Table(TABLE.name, TABLE.meaning, TABLE.grain, TABLE.key, TABLE.columns, partitioned_by="m", title="Some"),
        Table(TABLE.name, TABLE.meaning, TABLE.grain, TABLE.key, TABLE.columns[:3]),
        Table(TABLE.name, TABLE.meaning, TABLE.grain, TABLE.key, (TABLE.columns[0].but(required=False),)),
    ]
    assert len({digest(each) for each in (TABLE, *others)}) == 7


def commits(*operations: str | int) -> list[Commit]:
    """A history, the oldest first as given; a number is a version that was gone back to."""
    made = [
        Commit(at, "RESTORE", "", (), each) if isinstance(each, int) else Commit(at, each, "", ())
        for at, each in enumerate(operations)
    ]
    return made[::-1]


@pytest.mark.parametrize(
    ("history", "same"),
    [
        (commits("WRITE"), {0}),
        (commits("WRITE", "WRITE"), {1}),
        (commits("WRITE", "OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES"), {0, 1, 2, 3, 4}),
        (commits("WRITE", "OPTIMIZE", "WRITE", "OPTIMIZE"), {2, 3}),
        (commits("WRITE", "WRITE", 0), {0, 2}),
        (commits("WRITE", "OPTIMIZE", "WRITE", 1, "OPTIMIZE"), {0, 1, 3, 4}),
        (commits("WRITE", "SOMETHING NEW"), {1}),  # what isn't known may have changed rows
        ([], set()),
    ],
)
def test_whose_rows_the_newest_version_has(history: list[Commit], same: set[int]) -> None:
    assert {at for at in range(-1, 6) if has_rows_of(history, at)} == same


def test_a_history_that_begins_late_proves_nothing() -> None:
    assert not has_rows_of(commits("WRITE", "OPTIMIZE", "OPTIMIZE")[:1], 0)
    assert not has_rows_of(commits("WRITE", "WRITE", "OPTIMIZE", 0)[:2], 1)


def test_which_versions_upkeep_outdates() -> None:
    history = [replace(each, at=datetime(2024, 1, 1 + each.version)) for each in commits("WRITE", "OPTIMIZE", "VACUUM")]
    assert [is_outdated(history, at, datetime(2024, 1, 1)) for at in (0, 1, 2)] == [True, False, False]
    assert [is_outdated(history, at, datetime(2024, 1, 9)) for at in (0, 1, 2)] == [True, True, False]
    assert is_outdated(history[:1], 1, datetime(2024, 1, 1))  # so old that its commit is gone


def test_a_digest_is_of_one_version() -> None:
    row = {
        "version": 3,
        "operation": "WRITE",
        "timestamp": datetime(2024, 1, 1),
        "userMetadata": '{"run_id": "r1"}',
        "operationMetrics": {"numFiles": "1", "numOutputRows": "7"},
        "operationParameters": {"mode": "Overwrite"},
    }
    columns = [("n", "bigint", "number")]
    told = log_digest(Commit.of(row), columns)
    again = (
        row
        | {"timestamp": datetime(2024, 1, 2)}
        | {"operationMetrics": {"numOutputRows": "7", "numFiles": "1"}, "operationParameters": None}
    )
    assert log_digest(Commit.of(again), columns) == told
    for change in ({"version": 4}, {"userMetadata": None}, {"operation": "MERGE"}, {"operationMetrics": {}}):
        assert log_digest(Commit.of(row | change), columns) != told
    assert log_digest(Commit.of(row), [("n", "int", "number")]) != told
    back = {"operation": "RESTORE", "operationParameters": {"version": "2", "timestamp": None}}
    assert Commit.of(row | back).restored == 2
