"""`shoplake warehouse` as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shoplake.runs.lock import only_one
from shoplake.runs.progress import Silent
from shoplake.states.load import Kind, load
from shoplake.warehouse.duckdb_file import published
from tests.conftest import Shop
from tests.test_cli import shoplake
from tests.warehouse.server import PASSWORD, Server

psycopg = pytest.importorskip("psycopg", reason="psycopg isn't installed")


def test_load(own_shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, database = own_shop.project.folder, server.database()
    assert "Example: shoplake warehouse load" in shoplake("warehouse", "--help", cwd=folder).stdout
    nowhere = shoplake("warehouse", "load", "--target", "postgres", cwd=folder)
    assert (nowhere.returncode, nowhere.stdout) == (3, "")
    assert "error: SHOPLAKE_POSTGRES: no connection string is set." in nowhere.stderr
    monkeypatch.setenv("SHOPLAKE_POSTGRES", database.address(user="guest", password=f"not {PASSWORD}"))
    refused = shoplake("warehouse", "load", "--target", "postgres", cwd=folder)
    assert (refused.returncode, PASSWORD in refused.stderr, "Traceback" in refused.stderr) == (6, False, False)
    monkeypatch.setenv("SHOPLAKE_POSTGRES", database.address())
    found = shoplake("warehouse", "load", "--target", "postgres", cwd=folder)
    assert (found.returncode, found.stdout) == (0, "Number 1, as of 2024-03-07, is in postgres.\n")
    again = shoplake("warehouse", "load", "-t", "postgres", "--json", cwd=folder)
    assert json.loads(again.stdout) == {"target": "postgres", "number": 1, "outcome": "unchanged"}
    own_shop.project.warehouse.unlink()
    assert "is in duckdb.\n" in shoplake("warehouse", "load", "--target", "duckdb", cwd=folder).stdout
    assert published(own_shop.project.warehouse) == (1, own_shop.manifest.run_id)
    assert "is in duckdb already." in shoplake("warehouse", "load", "--target", "duckdb", cwd=folder).stdout


def test_a_state_that_comes_while_a_load_begins(own_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older one, which was read before, isn't put in its place."""

    @contextmanager
    def late(path: Path) -> Iterator[None]:
        own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
        own_shop.run()
        with only_one(path):
            yield

    monkeypatch.setattr("shoplake.states.load.only_one", late)
    manifest, is_new = load(own_shop.project, Kind.duckdb, Silent(), own_shop.engine)
    assert (manifest.number, is_new) == (2, False)
    assert published(own_shop.project.warehouse) == (2, manifest.run_id)


def test_nothing_published(tmp_path: Path) -> None:
    for target in ("duckdb", "postgres", "synapse"):
        found = shoplake("warehouse", "load", "--target", target, cwd=tmp_path)
        assert (found.returncode, found.stderr.count("\n")) == (3, 1)
        assert "nothing is published. Run `shoplake run` first" in found.stderr


def test_rendered_sql_makes_a_warehouse(open_shop: Shop, server: Server, tmp_path: Path) -> None:
    """PostgreSQL runs all of it; the others' is read by test_tsql_files."""
    folder, database = open_shop.project.folder, server.database()
    found = shoplake("warehouse", "render", "--target", "postgres", "--out", str(tmp_path / "sql"), cwd=folder)
    paths = [Path(line) for line in found.stdout.splitlines()]
    assert [path.name[:2] for path in paths] == ["01", "02", "03", "04", "05"]
    for path in paths:
        database.sql(path.read_text("utf-8"))
    assert database.sql("select count(*) from gold.fact_sales", role="shoplake_analyst") == [(0,)]
    assert database.sql('select count(*) from bi."Sales metrics by day"', role="shoplake_analyst") == [(0,)]
    printed = shoplake("warehouse", "render", "--target", "synapse", cwd=folder).stdout
    assert "DISTRIBUTION = HASH([order_id])" in printed
    assert shoplake("warehouse", "render", "--target", "oracle", cwd=folder).returncode == 2
    assert shoplake("warehouse", "render", "--target", "fabric", "--out", str(paths[0]), cwd=folder).returncode != 0
