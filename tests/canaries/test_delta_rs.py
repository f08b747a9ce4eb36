"""What delta-rs does where it could surprise."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake

from tests.canaries import canary

ROWS = pa.table({"a": [1, 2]})


@canary("deltalake")
def test_an_application_transaction_is_noted_and_not_skipped(table: Path) -> None:
    for _ in range(2):
        load = CommitProperties(app_transactions=[Transaction("load", 1)])
        write_deltalake(str(table), ROWS, mode="append", commit_properties=load)
    delta = DeltaTable(str(table))
    assert (delta.transaction_version("load"), delta.to_pyarrow_table().num_rows) == (1, 4)


@canary("deltalake")
def test_the_loser_of_two_writers_has_to_try_again(table: Path) -> None:
    write_deltalake(str(table), ROWS)
    first, second = DeltaTable(str(table)), DeltaTable(str(table))
    first.update(updates={"a": "a + 1"})
    with pytest.raises(Exception, match="concurrent transaction"):
        second.update(updates={"a": "a + 1"})


@canary("deltalake", "docs/decisions/0005, lake/location._LOST")
@pytest.mark.parametrize(("name", "found"), [("a#b", 0), ("a?b", 0), ("a%b", 1), ("a b", 1)])
def test_the_history_of_a_table_is_lost_behind_some_signs(tmp_path: Path, name: str, found: int) -> None:
    path = str(tmp_path / name)
    write_deltalake(path, ROWS)
    delta = DeltaTable(path)
    assert (delta.version(), len(delta.history())) == (0, found)


@canary("deltalake", "docs/decisions/0005, lake/location._LOST")
def test_a_percent_sign_before_two_digits_is_read_as_another_sign(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="File not found: .*/a b/"):
        DeltaTable.create(str(tmp_path / "a%20b"), Schema.from_arrow(ROWS.schema))
