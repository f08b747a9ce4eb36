"""A full disk, at each write: what is published stays, the error says so, and the run after it is right."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplake.errors import MachineError
from shoplake.lake import Engine
from tests.conftest import Shop
from tests.faults.boundaries import announced, kind
from tests.faults.conftest import Copy, Twin, recovers
from tests.faults.state import seen_by_a_query, seen_by_the_manifest

pytestmark = pytest.mark.long

FEW = ["before commit staging", "before build the warehouse", "before write the manifest"]
ALL = [
    *FEW,
    "before write the ledger",
    *(f"before commit {layer}" for layer in ("bronze", "scratch")),
    *(f"before create {layer}" for layer in ("bronze", "staging", "scratch", "silver", "quarantine", "gold")),
    *(f"before commit {layer}" for layer in ("silver", "quarantine", "gold")),
    "before write what was seen",
    "before take rows out of bronze",
    "before restore the head of gold",
    "before drop scratch",
    "before balance the account",
    "before flush bronze",
    "before fill the warehouse with gold",
    "after swap in the warehouse",
]


# What is left to do there may need no more room than what was freed.
NEED_LITTLE = {"before fill the warehouse with gold", "after swap in the warehouse"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "disk" in metafunc.fixturenames:
        metafunc.parametrize("boundary", ALL if metafunc.config.getoption("--faults") > 1 else FEW)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB; only its owner may make one, so elsewhere than in a container this is left out."""
    made = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(tmp_path)], capture_output=True)
        if sys.platform == "linux"
        else None
    )
    if made is None or made.returncode:
        pytest.skip("no file system may be mounted here")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def test_a_full_disk(disk: Path, engine: Engine, twin: Twin, boundary: str) -> None:
    delivery = next(each for each in twin.steps[::-1] if any(kind(b) == boundary for b in each.crossed))
    shop = Shop(Path(shutil.copytree(delivery.before, disk / "shop")), engine)
    filler = disk / "filler"

    def tell(crossed: str) -> None:
        if kind(crossed) == boundary and not filler.exists():
            fill(filler)

    said = ""
    try:
        with announced(tell):
            shop.run()
    except MachineError as full:
        said = str(full)
    assert filler.exists()
    assert "the disk is full" in said or boundary in NEED_LITTLE
    number, seen = seen_by_a_query(shop.project)
    assert number in {delivery.number - 1, delivery.number}
    assert seen == twin.published.get(number)
    number, seen = seen_by_the_manifest(shop.project)
    assert number in {delivery.number - 1, delivery.number}
    assert seen == twin.published.get(number)
    filler.unlink()
    recovers(shop, delivery)


@pytest.mark.skipif(sys.platform != "linux", reason="a process with an engine in it can be forked so on Linux")
@pytest.mark.parametrize("boundary", ["before commit silver", "before build the warehouse"])
def test_a_limit_on_the_size_of_files(twin: Twin, copy: Copy, boundary: str) -> None:
    """Which every user can set; it meets whole processes, so it is one of its own that has it."""
    from tests.faults.child import limited_at

    delivery = twin.steps[-1]
    shop = copy(delivery)
    assert "a file may not grow as large as it must" in limited_at(shop.project.folder, boundary)
    for look in (seen_by_a_query, seen_by_the_manifest):
        assert look(shop.project) == (2, twin.published[2])
    recovers(shop, delivery)
