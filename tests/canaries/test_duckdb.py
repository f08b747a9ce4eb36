"""What DuckDB does where it could surprise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.canaries import canary

SECRET = "Zoe Nobody of Nowhere Street"


def make(path: Path, value: int) -> Path:
    with duckdb.connect(str(path)) as db:
        db.execute(f"create table t as select {value} as a")
    return path


@canary("duckdb", "warehouse/duckdb_file.build")
def test_a_deleted_value_stays_in_the_file_and_a_copy_has_it_not(tmp_path: Path) -> None:
    path, copy = tmp_path / "first.duckdb", tmp_path / "copy.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute(f"create table t as select '{SECRET}' as name union all select 'Ada'; checkpoint")
        db.execute(f"delete from t where name = '{SECRET}'; checkpoint; vacuum; force checkpoint")
        db.execute(f"attach '{copy}' as copied; copy from database first to copied")
    assert SECRET.encode() in path.read_bytes()
    assert SECRET.encode() not in copy.read_bytes()


@canary("duckdb", "warehouse/query.ask")
def test_after_a_swap_an_open_process_answers_from_the_old_file(tmp_path: Path) -> None:
    path = make(tmp_path / "warehouse.duckdb", 1)
    with duckdb.connect(str(path), read_only=True) as held:
        make(tmp_path / "fresh.duckdb", 2).replace(path)
        with duckdb.connect(str(path), read_only=True) as db:
            assert db.sql("from t").fetchall() == held.sql("from t").fetchall() == [(1,)]
        with duckdb.connect() as db:
            db.execute(f"attach '{path}' as other (read_only)")
            assert db.sql("from other.t").fetchall() == [(2,)]
    with duckdb.connect(str(path), read_only=True) as db:
        assert db.sql("from t").fetchall() == [(2,)]


@canary("duckdb", "warehouse/duckdb_file.build")
def test_readers_of_delta_and_urls_are_not_built_in(tmp_path: Path) -> None:
    """They would have to be downloaded, so the warehouse is filled from lists of Parquet files."""
    with duckdb.connect(config={"extension_directory": str(tmp_path)}) as db:
        found = db.sql("select extension_name, installed from duckdb_extensions()").fetchall()
    built_in = {name for name, is_there in found if is_there}
    assert built_in == {"core_functions", "icu", "json", "parquet"}
    assert {"delta", "httpfs", "tpcds"} <= {name for name, _ in found}


@canary("duckdb")
def test_a_file_is_of_version_2_and_no_older_program_reads_it(tmp_path: Path) -> None:
    with duckdb.connect(str(make(tmp_path / "t.duckdb", 1))) as db:
        ((tags,),) = db.sql("select tags from duckdb_databases() where database_name = 't'").fetchall()
    assert tags["storage_version"] == "v2.0.0+"


@canary("duckdb", "warehouse/query._LOCKED")
@pytest.mark.parametrize("statement", ["create user ada", "create role analyst", "grant select on t to ada"])
def test_there_are_no_users(statement: str) -> None:
    with duckdb.connect() as db, pytest.raises(duckdb.ParserException):
        db.execute(statement)


@canary("duckdb", "warehouse/query._LOCKED, warehouse/query._SETTINGS")
def test_a_query_reads_any_file_unless_that_is_locked(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    question = f"select content from read_text('{(tmp_path / 'secret.txt').as_posix()}')"
    with duckdb.connect() as db:
        assert db.sql(question).fetchall() == [(SECRET,)]
    with duckdb.connect(config={"enable_external_access": "false"}) as db, pytest.raises(duckdb.PermissionException):
        db.sql(question).fetchall()


@canary("duckdb", "warehouse/query._shown")
def test_an_instant_needs_a_library_more() -> None:
    """In a process of its own: DuckDB remembers that it found one."""
    ask = "import sys, duckdb; sys.modules['pytz'] = None; duckdb.sql(\"select timestamptz '2024-01-01'\").fetchall()"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    assert "InvalidInputException" in found.stderr
    assert "pytz" in found.stderr
