"""How a load of Synapse and Fabric goes, on a server that understands its statements and holds no rows."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest

from shoplake.config import find_project
from shoplake.contract import Table
from shoplake.errors import DeclarationError, MachineError, QualityError, ShoplakeError
from shoplake.runs.progress import Silent
from shoplake.states.load import Kind
from shoplake.states.load import load as load_state
from shoplake.warehouse import fabric, synapse
from shoplake.warehouse.load import load
from shoplake.warehouse.published import Published, open_published
from shoplake.warehouse.tsql import TSql
from tests.conftest import Shop
from tests.warehouse.fake_tsql import FakeServer, OperationalError, State

ROOT = "abfss://lake@shop.dfs.core.windows.net/shop"
TARGETS = {"synapse": synapse, "fabric": fabric}


class Loading:
    """A fake server and the loads into it."""

    def __init__(self, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind, self.exports = kind, folder / "exports"
        self.server = FakeServer(self._figures, renames_in_transactions=kind == "fabric")
        self.changed: dict[str, int] = {}
        monkeypatch.setitem(sys.modules, "mssql_python", self.server.module())
        known, real = {}, Published.figures

        def counted_once(published: Published, table: Table) -> Any:
            name = (published.manifest.run_id, table.name)
            return known[name] if name in known else known.setdefault(name, real(published, table))

        monkeypatch.setattr(Published, "figures", counted_once)
        self.target = TSql(kind.title(), f"SHOPLAKE_{kind.upper()}", "Server=x", TARGETS[kind], ROOT, self.exports)

    def _figures(self, base: str) -> tuple[Any, ...]:
        rows, *others = self.published.figures(next(t for t in self.published.tables if t.base == base)).values()
        return (rows + self.changed.get(base, 0), *others)

    def load(self, shop: Shop) -> bool:
        self.server.said.clear()
        with open_published(shop.lake, shop.manifest) as self.published:
            return load(self.target, self.published, (), Silent(), lambda _: None)

    def seen(self) -> dict[str, str]:
        """What readers see: table -> the files that its rows are from."""
        state = self.server.state
        if self.kind == "fabric":
            return {n: state.filled[n] for n in state.tables if n.startswith("gold.") and not n.endswith("__next")}
        assert set(state.views.values()) <= set(state.tables), "a view shows what isn't there"
        return {name: state.filled[place] for name, place in state.views.items()}

    def numbers(self) -> set[str]:
        """The states that readers see tables of."""
        return {files.split("/exports/")[1].partition("/")[0] for files in self.seen().values()}


@pytest.fixture(params=["synapse", "fabric"])
def loading(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loading:
    return Loading(request.param, tmp_path, monkeypatch)


def test_a_load_and_the_next_one(loading: Loading, open_shop: Shop, later_shop: Shop) -> None:
    assert loading.load(open_shop)
    assert loading.numbers() == {"1"}
    assert not loading.load(open_shop)
    assert not any(word in said for said in loading.server.said for word in ("CREATE", "DROP", "INSERT"))
    for shop, number in ((later_shop, "2"), (open_shop, "1"), (later_shop, "2")):  # each slot twice
        assert loading.load(shop)
        assert loading.numbers() == {number}
        assert [path.name for path in loading.exports.iterdir()] == [number]
    assert {name.partition(".")[2] for name in loading.seen()} == {t.base for t in loading.published.tables}


def test_a_connection_that_is_lost_at_any_statement(
    loading: Loading,
    open_shop: Shop,
    later_shop: Shop,
) -> None:
    """Before the switch readers see the old tables alone. Within it Fabric's do, too; Synapse's may see both states
    until the next load, and never what isn't there. The next load mends all."""
    loading.load(open_shop)
    before = copy.deepcopy(loading.server.state)
    loading.load(later_shop)
    count, switch = len(loading.server.said), 28 if loading.kind == "synapse" else 57
    end = next(at for at, sql in enumerate(loading.server.said) if sql.startswith("DELETE FROM"))
    steps = [7, count // 3, count // 2, end - switch, end - switch + 1, end - switch // 2, *range(end - 1, end + 4)]
    for at in steps:
        loading.server.state, loading.server.fails_at = copy.deepcopy(before), at + 1
        with pytest.raises(MachineError, match="the connection was lost; readers have what they had"):
            loading.load(later_shop)
        done = loading.server.said[:-1]
        loading.server.fails_at = -1
        loading.server.close()
        if loading.kind == "fabric":
            assert loading.numbers() == ({"2"} if "COMMIT TRANSACTION" in done else {"1"})
        elif not any(" VIEW " in sql and "FROM gold_b." in sql for sql in done):
            assert loading.numbers() == {"1"}
        assert loading.numbers() <= {"1", "2"}
        loading.load(later_shop)
        assert loading.numbers() == {"2"}


def test_a_first_load_that_is_cut_off_in_the_switch(loading: Loading, open_shop: Shop) -> None:
    loading.load(open_shop)
    end = next(at for at, sql in enumerate(loading.server.said) if sql.startswith("DELETE FROM"))
    loading.server.state, loading.server.fails_at = State(), end - 10
    with pytest.raises(MachineError):
        loading.load(open_shop)
    loading.server.fails_at = -1
    loading.server.close()
    assert loading.load(open_shop)
    assert loading.numbers() == {"1"}


def test_what_differs_is_not_shown(loading: Loading, open_shop: Shop, later_shop: Shop) -> None:
    loading.load(open_shop)
    loading.changed["fact_returns"] = -1
    with pytest.raises(QualityError, match=r"^gold.fact_returns: its number of rows is \d in the warehouse, \d in the"):
        loading.load(later_shop)
    assert loading.numbers() == {"1"}


def test_what_somebody_altered_is_not_thrown_away(loading: Loading, open_shop: Shop, later_shop: Shop) -> None:
    loading.load(open_shop)
    place = "gold.fact_sales" if loading.kind == "fabric" else "gold_a.fact_sales"
    loading.server.state.tables[place].append(("note", "varchar"))
    with pytest.raises(QualityError, match="fact_sales in .*: somebody has altered it: «note varchar» is new"):
        loading.load(later_shop)


def test_a_lake_that_azure_cannot_read(loading: Loading, open_shop: Shop) -> None:
    loading.target = TSql("Synapse", "X", "x", TARGETS[loading.kind], "/home/shop/data", loading.exports)
    with pytest.raises(DeclarationError, match="/home/shop/data: this warehouse reads from Azure's storage alone"):
        loading.load(open_shop)
    assert not loading.exports.exists()
    assert not loading.seen()


SAID = {
    "[42000] [Microsoft][SQL Server]Cannot connect to database when it is paused. (42108)": "the pool is paused",
    "[42000] The SQL pool is warming up. Please try again. (42109)": "the pool is paused",
    "[HY000] Database 'x' on server 'y' is not currently available. (40613)": "the pool is paused",
    "[28000] Login failed for user '<token-identified principal>'. (18456)": "it refuses the login",
    "AADSTS700082: The refresh token has expired due to inactivity.": "it refuses the login",
    "[42000] Cannot open database \"shop\" requested by the login. (4060)": "there is no such database",
    "[42000] Client with IP address '1.2.3.4' is not allowed to access the server. (40615)": "its firewall",
    "[42000] Content of directory on path 'https://x/*.parquet' cannot be listed. (13807)": "it may not read",
    "[42000] CREATE TABLE permission was denied in database 'x'. (262)": "you may not do that: CREATE TABLE permission",
    "[22001] String or binary data would be truncated in table 'x', column 'y'. (2628)": "a text is longer than its",
    "[08S01] Communication link failure": "the connection was lost",
    "[HYT00] Login timeout expired": "the connection was lost",
    "[42000] Incorrect syntax near 'x'. (102)": "Incorrect syntax near 'x'",
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_what_a_server_says_is_one_sentence(said: str, open_shop: Shop, tmp_path: Path, monkeypatch: Any) -> None:
    loading = Loading("synapse", tmp_path, monkeypatch)
    tries: list[int] = []

    def connect(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise OperationalError(said)

    monkeypatch.setattr(sys.modules["mssql_python"], "connect", connect)
    with pytest.raises(ShoplakeError) as caught:
        loading.load(open_shop)
    assert str(caught.value).startswith(f"Synapse: {SAID[said]}")
    assert caught.value.remedy
    assert len(str(caught.value).splitlines()) == 1
    assert len(tries) == (4 if "paused" in SAID[said] or "lost" in SAID[said] else 1)


def test_what_is_missing_is_told(open_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Kind.synapse, Kind.fabric, Kind.postgres):
        monkeypatch.delenv(f"SHOPLAKE_{kind.value.upper()}", raising=False)
        with pytest.raises(
            DeclarationError, match=f"^SHOPLAKE_{kind.value.upper()}: no connection string is set. Set it"
        ):
            load_state(open_shop.project, kind, Silent())
        with pytest.raises(DeclarationError, match="nothing is published. Run `shoplake run` first"):
            load_state(find_project(tmp_path), kind, Silent())
    monkeypatch.setenv("SHOPLAKE_SYNAPSE", "Server=x")
    monkeypatch.setitem(sys.modules, "mssql_python", None)
    with pytest.raises(
        MachineError, match=r"mssql_python is not installed. Install it with: pip install 'shoplake\[tsql\]'"
    ):
        load_state(open_shop.project, Kind.synapse, Silent())
