"""A shop in three deliveries, and an undisturbed twin to compare with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from shoplake.lake import Engine
from shoplake.runs.account import Account
from shoplake.runs.ledger import Ledger, RunRecord
from tests.conftest import Shop, make_corner_shop
from tests.faults.boundaries import announced
from tests.faults.state import seen_by_a_query, seen_by_the_manifest, tables

LINES = "order,line,sku,quantity,price,discount\nO9,{},5.00,0\n"
# A first run; a file more; that file changed, so that its rows supersede those that it held.
DELIVERIES = ("first", "new file", "changed file")


@dataclass(frozen=True)
class Step:
    """One delivery: the shop before its run, the boundaries that the run crosses, and what it publishes."""

    name: str
    number: int
    before: Path
    crossed: tuple[str, ...]
    tables: dict[str, list[Any]]
    account: list[str]
    seen: Any


Copy = Callable[[Step], Shop]


@dataclass(frozen=True)
class Twin:
    """The deliveries of a shop that nothing happens to."""

    steps: tuple[Step, ...]

    @property
    def published(self) -> dict[int, Any]:
        return {step.number: step.seen for step in self.steps}


def deliver(shop: Shop, name: str) -> None:
    if name != "first":
        shop.put("lines_2.csv", LINES.format("2,P1,1" if name == "new file" else "3,P1,3"))


def account_of(shop: Shop) -> list[str]:
    account = Account.from_json(shop.manifest.account)
    account.check()
    return sorted(map(str, [*account.entries, *account.refused, *account.missing]))


def recovers(shop: Shop, step: Step, run: Callable[[Shop], RunRecord] = Shop.run) -> None:
    """One run more, and all is as if nothing had happened."""
    record = run(shop)
    assert (record.manifest, shop.manifest.number) == (step.number, step.number)
    assert sorted(path.stem for path in shop.project.manifests.glob("*.json")) == [
        f"{number:08}" for number in range(1, step.number + 1)
    ]
    found = tables(shop.project)
    assert found.keys() == step.tables.keys()
    assert [name for name in found if found[name] != step.tables[name]] == []
    assert account_of(shop) == step.account
    assert not (shop.project.data / "scratch").exists()
    assert Ledger(shop.project.ledger).last(1)[0] == record


@pytest.fixture(scope="session")
def lakes() -> Iterator[Path]:
    """Where lakes are made and left: in memory where there is some, as a killed process loses nothing there."""
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    with tempfile.TemporaryDirectory(
        prefix="shoplake-faults-", dir=memory if is_roomy else None, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def twin(lakes: Path, engine: Engine) -> Twin:
    shop, steps = make_corner_shop(lakes / "twin", engine), []
    for number, name in enumerate(DELIVERIES, 1):
        deliver(shop, name)
        before = shutil.copytree(shop.project.folder, lakes / f"before-{number}")
        crossed: list[str] = []
        with announced(crossed.append):
            assert shop.run().outcome == "published"
        _, seen = seen_by_a_query(shop.project)
        assert seen_by_the_manifest(shop.project) == (number, seen)
        steps.append(Step(name, number, before, tuple(crossed), tables(shop.project), account_of(shop), seen))
    assert len({step.seen for step in steps}) == len(steps)
    return Twin(tuple(steps))


@pytest.fixture
def copy(lakes: Path, engine: Engine) -> Iterator[Copy]:
    """Makes a shop as it was before a step."""
    with tempfile.TemporaryDirectory(dir=lakes) as folder:
        yield lambda step: Shop(Path(shutil.copytree(step.before, Path(folder) / "shop")), engine)


@pytest.fixture
def published(twin: Twin, lakes: Path, engine: Engine) -> Iterator[Shop]:
    """A shop after its last delivery, with checkpoints in the logs of some tables."""
    with tempfile.TemporaryDirectory(dir=lakes) as folder:
        shop = Shop(Path(shutil.copytree(lakes / "twin", Path(folder) / "shop")), engine)
        for name in ("bronze.corner_shop__lines", "silver.order", "gold.fact_sales"):
            DeltaTable(shop.lake.path(name)).create_checkpoint()
        yield shop
