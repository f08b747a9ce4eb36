"""Damaged files: an error, a run that mends them, or the same data; never other data."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shoplake.errors import QualityError, ShoplakeError
from shoplake.lake import Engine
from shoplake.lake.durability import damages
from tests.conftest import Shop, day
from tests.faults.conftest import Twin
from tests.faults.state import seen_by_a_query, seen_by_the_manifest, tables

pytestmark = pytest.mark.long

LINES, QUARANTINE = "bronze.corner_shop__lines", "quarantine.corner_shop__lines"
NEW = "order,line,sku,quantity,price,discount\nO9,4,P1,1,5.00,0\n"


def new_file(shop: Shop) -> Any:
    shop.put("lines_3.csv", NEW)
    return shop.run()


# What a run reads of the tables that are kept, by their layer.
RUNS: dict[str, Callable[[Shop], Any]] = {
    "bronze": new_file,
    "staging": new_file,
    "silver": lambda shop: shop.run(select=frozenset({"gold"})),
    "quarantine": new_file,
    "gold": lambda shop: shop.run(as_of=day("2024-05-01")),
    "runs": new_file,
}

PARTS = {
    "data": ("*/*/*.parquet", "*/*/*=*/*.parquet"),
    "log": ("*/*/_delta_log/*.json",),
    "checkpoint": ("*/*/_delta_log/*.parquet",),
    "manifest": ("runs/manifests/*3.json",),
    "seen": ("runs/seen.json",),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rounds = metafunc.config.getoption("--faults")
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(100 * rounds if rounds > 1 else 8))


@pytest.fixture(scope="session")
def good(twin: Twin, lakes: Path, engine: Engine) -> dict[str, Any]:
    """What each run publishes where nothing is damaged."""
    found = {}
    for layer, run in RUNS.items():
        shop = Shop(Path(shutil.copytree(lakes / "twin", lakes / f"good-{layer}")), engine)
        assert run(shop).outcome == "published"
        found[layer] = seen_by_a_query(shop.project)
    return found


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[str]]:
    """What became of the damaged lakes; `-rP` shows it."""
    found: list[str] = []
    yield found
    print(dict(Counter(found)))


def damage(shop: Shop, dice: random.Random) -> tuple[str, str]:
    """Flip a bit of one file, or cut it; the table's layer and what was done."""
    data = shop.project.data
    part = dice.choice(list(PARTS))
    file = dice.choice(sorted(file for pattern in PARTS[part] for file in data.glob(pattern)))
    content = bytearray(file.read_bytes())
    place = dice.randrange(len(content))
    if dice.random() < 0.75:
        content[place] ^= 1 << dice.randrange(8)
        how = f"bit flipped at {place}"
    else:
        content = content[: dice.choice([0, place])]
        how = f"cut to {len(content)}"
    file.write_bytes(content)
    return file.relative_to(data).parts[0], f"{file.relative_to(data)}: {how}"


def test_a_damaged_file_never_gives_other_data(
    published: Shop, twin: Twin, good: dict[str, Any], outcomes: list[str], seed: int
) -> None:
    before, manifest = twin.steps[-1], published.manifest
    layer, what = damage(published, random.Random(seed))
    print(what)
    unnoticed = all(
        not list(damages(published.lake, name, table.version, table.log, table.files))
        for name, table in manifest.tables.items()
    )
    if unnoticed and layer != "runs":
        assert tables(published.project) == before.tables
    said: ShoplakeError | None = None
    try:
        RUNS[layer](published)
    except ShoplakeError as failure:
        said = failure
    seen = seen_by_a_query(published.project)
    outcomes.append("said" if said else "unnoticed" if unnoticed else "mended or not read")
    if said:
        assert said.remedy
        assert seen == (before.number, before.seen)
    else:
        assert seen == seen_by_the_manifest(published.project) == good[layer]


def last_commit(shop: Shop, name: str, further: int = 0) -> Path:
    version = shop.manifest.tables[name].version + further
    return shop.lake.path(name) / "_delta_log" / f"{version:020}.json"


@pytest.mark.parametrize("content", ["", "{", '{"commitInfo":{}}\n{"add":{"path":"gone.parquet"'])
def test_a_commit_that_an_unfinished_run_left_in_pieces(published: Shop, good: dict[str, Any], content: str) -> None:
    for name in ("bronze.corner_shop__lines", "silver.order", "gold.fact_sales", "quarantine.corner_shop__lines"):
        last_commit(published, name, 1).write_text(content, "utf-8")
    new_file(published)
    assert seen_by_a_query(published.project) == seen_by_the_manifest(published.project) == good["bronze"]


@pytest.mark.parametrize("name", ["bronze.corner_shop__lines", "silver.order", "gold.fact_sales", QUARANTINE])
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_published_commit_in_pieces_is_mended(published: Shop, twin: Twin, name: str, share: float) -> None:
    """Though an empty one is no error to those who read the table: they find the rows that it doesn't add."""
    commit = last_commit(published, name)
    commit.write_bytes(commit.read_bytes()[: int(share * commit.stat().st_size)])
    (published.lake.path(name) / "_delta_log" / "_last_checkpoint").unlink(missing_ok=True)
    for checkpoint in commit.parent.glob("*.checkpoint.parquet"):
        checkpoint.unlink()
    assert published.run().outcome == "published"
    assert tables(published.project) == twin.steps[-1].tables


def test_rows_whose_file_has_gone_are_not_lost_with_a_commit(published: Shop, twin: Twin) -> None:
    commit = last_commit(published, "bronze.corner_shop__lines")
    for checkpoint in [*commit.parent.glob("*.checkpoint.parquet"), commit.parent / "_last_checkpoint"]:
        checkpoint.unlink()
    commit.write_bytes(b"")
    raw = published.raw("lines_2.csv")
    raw.rename(published.project.folder / "elsewhere.csv")
    for options in ({}, {"full": True}, {"reland": True}):
        with pytest.raises(QualityError, match="bronze.corner_shop__lines.*differs from what was published"):
            published.run(**options)
    assert seen_by_a_query(published.project) == (3, twin.steps[-1].seen)
    (published.project.folder / "elsewhere.csv").rename(raw)
    published.run()
    assert tables(published.project) == twin.steps[-1].tables


def test_what_is_said_of_a_damaged_file_is_the_way_out(published: Shop, twin: Twin) -> None:
    for name, new, remedy in (
        ("silver.order", {"select": frozenset({"gold"})}, "full"),
        (LINES, {"full": True}, "reland"),
    ):
        file = published.lake.files(name)[0]
        where = file.relative_to(published.lake.path(name)).as_posix()
        content = bytearray(file.read_bytes())
        content[len(content) // 3] ^= 1
        file.write_bytes(content)
        with pytest.raises(QualityError, match=f"{name}/{where}: differs from what was published.*--{remedy}"):
            published.run(**new)
        published.run(**{remedy: True})
        assert tables(published.project) == twin.steps[-1].tables
