"""Requests and answers that are lost, late or refused on the way to the store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shoplake.config import find_project
from shoplake.lake import Engine, objects
from shoplake.lake.place import Place, copy, listed, move, place, put, remove_tree
from shoplake.runs.progress import Silent
from shoplake.states.backup import backup, restore
from tests.azure.storage.azurite import create_container, environment, root
from tests.azure.storage.proxy import Way, proxy
from tests.conftest import Shop, make_corner_shop
from tests.runs.conftest import LINES

QUESTIONS = {
    "select count(*), sum(quantity), sum(net_amount) from fact_sales",
    "select order_date, sum(net_amount), sum(line_count) from mart_sales_daily group by 1 order by 1",
    "select customer_id, sum(net_amount) from fact_sales join dim_customer using (customer_key) group by 1 order by 1",
}


def run(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    """`shoplake run` in a process of its own, whose engine knows another way to the store."""
    command = [sys.executable, "-m", "shoplake", "--project", str(folder), "run"]
    return subprocess.run(command, env=os.environ | environment(port), capture_output=True, text=True)


@pytest.mark.long
def test_a_bad_way_loses_nothing(emulator: int, lake: str, engine: Engine, tmp_path: Path) -> None:
    create_container(emulator, "way")
    here = make_corner_shop(tmp_path / "here", engine)
    there = make_corner_shop(tmp_path / "there", engine, root("way"))
    way = Way(emulator, seed=1, share=0.01)
    with proxy(way) as port:
        for more in ("", "O9,2,P1,1,5.00,0\n"):
            for shop in (here, there):
                shop.put("lines_2.csv", LINES + more)
            here.run()
            tried = [run(there.project.folder, port)]
            while tried[-1].returncode:  # it may give up, in one sentence, and lose nothing by it
                assert "Traceback" not in tried[-1].stderr
                assert len(tried) < 4, tried[-1].stderr
                tried.append(run(there.project.folder, port))
            assert alike(here, there)
    assert {"lost request", "lost answer", "slow", "busy"} <= way.met.keys()


class Fated(Way):
    """What befalls the next requests, one after the other."""

    fates: tuple[str, ...] = ()

    def fate(self, asked: str) -> str:
        fate, *rest = self.fates or ("well",)
        self.fates = tuple(rest)
        return fate


# What is done with a place -> at which of its requests the answer is lost, and what lies there then.
DONE: dict[str, tuple[Callable[[Place, Path], None], set[str]]] = {
    "removed": (lambda there, _: remove_tree(there / "t"), {"one"}),
    "uploaded": (lambda there, large: copy(large, there / "large"), {"one", "large", "t/a", "t/b"}),
    "moved": (lambda there, _: move(there / "t", there / "u"), {"one", "u/a", "u/b"}),
    "copied": (lambda there, _: copy(there / "one", there / "two"), {"one", "two", "t/a", "t/b"}),
    "unlinked": (lambda there, _: (there / "one").unlink(), {"t/a", "t/b"}),
}


@pytest.mark.parametrize("done", DONE)
def test_an_answer_that_is_lost_changes_nothing(
    emulator: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: str
) -> None:
    """Whichever it is."""
    large = tmp_path / "large"
    large.write_bytes(os.urandom(21 << 20))  # in several requests, the last of which puts them together
    way = Fated(emulator, seed=1, share=0)
    do, wanted = DONE[done]
    with proxy(way) as port:
        for name, value in environment(port).items():
            monkeypatch.setenv(name, value)
        objects._store.cache_clear()
        try:
            for at in range(8):
                there = place(f"{root('lake', tmp_path.name)}/{done}{at}", tmp_path)
                for name in ("one", "t/a", "t/b"):
                    put(there / name, name.encode())
                way.fates = (*["well"] * at, "lost answer")
                do(there, large)
                way.fates = ()
                assert set(listed(there)) == wanted
                if done == "uploaded":
                    assert (there / "large").read_bytes() == large.read_bytes()
        finally:
            objects._store.cache_clear()


class Closed(Way):
    """Nobody is let in any more from the first request on that begins so."""

    def __init__(self, port: int, fate: str, asked: str) -> None:
        super().__init__(port, seed=1, share=0)
        self._fate, self._asked, self._is_closed = fate, asked, False

    def fate(self, asked: str) -> str:
        self._is_closed |= self._asked in asked
        return self._fate if self._is_closed else "well"


@pytest.fixture(scope="module")
def published(open_shop: Shop, lake: str, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The corner shop, from a backup of one in a folder."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "shoplake.toml").write_text(f'data = "{lake}/published"\n', "utf-8")
    (folder / "sources").symlink_to(open_shop.project.folder / "sources", target_is_directory=True)
    backup(open_shop.project, folder / "backup", None, Silent())
    restore(find_project(folder), folder / "backup", Silent())
    return Shop(folder, open_shop.engine)


REFUSED = {
    "refused": "the storage account refuses this identity, or this network. Give it the role",
    "behind a firewall": "let the account's firewall let it in",
    "expired": "the credential for the storage account has expired. Sign in again",
}


@pytest.mark.parametrize("fate", REFUSED)
def test_who_is_refused_is_told(emulator: int, tmp_path: Path, fate: str) -> None:
    (tmp_path / "shoplake.toml").write_text(f'data = "{root("lake")}"\n', "utf-8")
    with proxy(Closed(emulator, fate, "")) as port:
        told = run(tmp_path, port)
    assert told.returncode == 6
    assert REFUSED[fate] in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("fate", "layer", "said"),
    [
        ("behind a firewall", "bronze", REFUSED["behind a firewall"]),
        ("refused", "silver", REFUSED["refused"]),
        ("expired", "gold", REFUSED["expired"]),
    ],
)
def test_who_is_refused_in_the_middle_publishes_nothing(
    emulator: int, published: Shop, fate: str, layer: str, said: str
) -> None:
    """While a run with a new file writes a layer."""
    number = published.manifest.number
    put(published.project.raw / "corner_shop" / "lines_9.csv", (LINES + f"O9,{number + 1},P1,1,5.00,0\n").encode())
    before = {asked: published.sql(asked) for asked in QUESTIONS}
    with proxy(Closed(emulator, fate, f"PUT /devstoreaccount1/lake/published/{layer}/")) as port:
        told = run(published.project.folder, port)
    assert told.returncode == 6
    assert said in told.stderr
    assert "Traceback" not in told.stderr
    assert published.manifest.number == number
    assert {asked: published.sql(asked) for asked in QUESTIONS} == before
    published.project.lock.unlink(missing_ok=True)  # nobody could take it away: it is free in two minutes
    again = run(published.project.folder, emulator)
    assert (again.returncode, published.manifest.number) == (0, number + 1), again.stderr


def alike(here: Shop, there: Shop) -> bool:
    return all(here.sql(asked) == there.sql(asked) for asked in QUESTIONS)


@pytest.mark.parametrize("name", ["nothere", "lake"])
def test_a_container_that_is_not_there_is_told(name: str, emulator: int, tmp_path: Path, engine: Engine) -> None:
    tmp_path.joinpath("shoplake.toml").write_text(f'data = "{root(name)}"\n', "utf-8")
    told = run(tmp_path, emulator)
    wanted = "the storage account has no such container. Create it" if name == "nothere" else "there are no raw files"
    assert wanted in told.stderr
    assert "Traceback" not in told.stderr
