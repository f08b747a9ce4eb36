"""An earlier state is published anew; what came after it is held until it is released."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shoplake.errors import DeclarationError, InputError, MachineError, QualityError
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Silent
from shoplake.states import rollback as rolling
from shoplake.warehouse import duckdb_file
from tests.conftest import Shop
from tests.runs.conftest import LINES, state

pytestmark = pytest.mark.long

READER = """
import sys
from pathlib import Path
from shoplake.lake import Lake
from shoplake.runs.manifest import Manifests
from shoplake.warehouse.query import ask
data, stop = map(Path, sys.argv[1:])
sql = "select (select number from shoplake.publication), (select count(*) from fact_sales), " + ", ".join(
    f"(select sum(line_count) from {mart})" for mart in ("mart_sales_daily", "mart_customer")
)
lake, seen = Lake(data), set()
while not stop.exists():
    seen.add(ask(data / "warehouse.duckdb", sql).rows[0])
    for name, table in Manifests(data / "runs" / "manifests").latest().tables.items():
        there = {file.relative_to(lake.path(name)).as_posix() for file in lake.files(name, table.version)}
        assert there == table.files.keys() and all((lake.path(name) / file).is_file() for file in there), name
print(sorted(map(tuple, (map(int, each) for each in seen))))
"""


def rollback(shop: Shop, number: int) -> None:
    manifest = rolling.rollback(shop.project, number, Silent())
    assert manifest == shop.manifest


def release(shop: Shop, *wanted: str) -> list[str]:
    return sorted(each.file for each in rolling.release(shop.project, wanted, Silent()))


def files(shop: Shop, *, held: bool) -> list[str]:
    loads = [each.load for each in shop.manifest.held] if held else shop.manifest.loads
    return sorted(load["file"].removeprefix("corner_shop/") for load in loads)


@contextmanager
def watched(shop: Shop, stop: Path) -> Iterator[dict[int, tuple[int, ...]]]:
    """What somebody sees who asks all the while: by the number of the state, sizes of tables that belong together."""
    command = [sys.executable, "-c", READER, str(shop.project.data), str(stop)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    found: dict[int, tuple[int, ...]] = {}
    try:
        yield found
    finally:
        stop.touch()
        out, err = reader.communicate()
    assert reader.returncode == 0, err
    for number, *sizes in ast.literal_eval(out):
        assert found.setdefault(number, tuple(sizes)) == tuple(sizes)


def test_readers_see_one_state_at_a_time(old_shop: Shop, tmp_path: Path) -> None:
    with watched(old_shop, tmp_path / "stop") as found:
        time.sleep(2)  # it takes a while to start
        rollback(old_shop, 1)
        old_shop.run()
        release(old_shop)
        old_shop.run()
        rollback(old_shop, 2)
    wanted = {3: (13, 10, 9), 4: (11, 8, 7), 5: (11, 8, 7), 6: (13, 10, 9), 7: (12, 9, 8)}
    assert found.keys() >= {4, 6}
    assert found.items() <= wanted.items()


def test_rollback_run_and_release_give_what_never_was_rolled_back(old_shop: Shop) -> None:
    before = state(old_shop)
    first = {name: table.rows for name, table in Manifests(old_shop.project.manifests).read(1).tables.items()}
    rollback(old_shop, 1)
    assert (old_shop.manifest.number, old_shop.manifest.kind, old_shop.manifest.content_of) == (4, "rollback", 1)
    assert files(old_shop, held=True) == ["customers.csv", "lines_2.csv", "lines_3.csv"]
    assert {name: len(rows) for name, rows in state(old_shop).items()} == first
    assert old_shop.one("select number from shoplake.publication") == 4
    assert old_shop.one("select count(*) from fact_sales") == 11
    assert {name: old_shop.lake.head(name).rows for name in first} == first  # who follows the heads sees the same

    again = old_shop.run()
    assert again.outcome == "unchanged"
    told = "held since a rollback: corner_shop/customers.csv, corner_shop/lines_2.csv, corner_shop/lines_3.csv"
    assert again.notes == [f"{told}; `shoplake release` lets them in"]

    assert release(old_shop, "corner_shop/lines_2.csv") == ["corner_shop/lines_2.csv"]
    assert old_shop.run().outcome == "published"
    assert files(old_shop, held=True) == ["customers.csv", "lines_3.csv"]
    assert old_shop.one("select count(*) from fact_sales") == 12
    assert len(release(old_shop)) == 2
    assert old_shop.run().outcome == "published"
    assert state(old_shop) == before
    assert old_shop.manifest.held == ()
    assert release(old_shop) == []
    assert old_shop.run().notes == []


def test_rows_of_a_held_file_that_has_gone_come_from_the_state_that_had_them(old_shop: Shop) -> None:
    before = state(old_shop)
    rollback(old_shop, 1)
    old_shop.raw("lines_2.csv").unlink()
    old_shop.raw("lines_3.csv").unlink()
    release(old_shop, "corner_shop/lines_2.csv")
    assert "corner_shop/lines_2.csv has gone; its rows stay" in old_shop.run().notes  # appended
    assert old_shop.one("select count(*) from fact_sales") == 12
    release(old_shop)
    old_shop.run(reland=True)  # all of bronze anew
    assert state(old_shop) == before


def test_rollback_twice_and_forward_again(old_shop: Shop) -> None:
    last = state(old_shop)
    rollback(old_shop, 1)
    old_shop.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    old_shop.run()
    assert (old_shop.manifest.number, len(old_shop.manifest.held)) == (5, 3)
    assert old_shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == 4
    rollback(old_shop, 2)
    assert files(old_shop, held=True) == ["lines_3.csv", "lines_4.csv"]
    assert old_shop.run().outcome == "unchanged"
    rollback(old_shop, 3)
    assert state(old_shop) == last
    assert files(old_shop, held=True) == ["lines_4.csv"]
    release(old_shop)
    old_shop.run()
    assert old_shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == 7
    rollback(old_shop, 5)  # to a state that held some itself
    assert files(old_shop, held=True) == ["customers.csv", "lines_2.csv", "lines_3.csv"]


def test_rollback_to_before_a_source_and_a_column(old_shop: Shop) -> None:
    """The warehouse is as it was published, whatever is declared by now; a source that is held is as if not there."""
    columns = (
        "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
        "where schema_name = 'gold' order by all"
    )
    was = old_shop.sql(columns)
    own, branch = (old_shop.project.folder / "sources" / name for name in ("corner_shop", "branch"))
    text = (own / "source.yml").read_text("utf-8").replace("source: corner_shop", "source: branch")
    extend = "\nextend:\n  order:\n    gift: {type: string, meaning: Gift}\n\nparse:"
    mapped = "      channel: channel\n      gift: upper(channel)\n"
    branch.mkdir()
    text = text.replace("\nparse:", extend).replace("      channel: channel\n", mapped)
    (branch / "source.yml").write_text(text, "utf-8")
    shutil.copytree(old_shop.project.raw / "corner_shop", old_shop.project.raw / "branch")
    old_shop.run()
    both = state(old_shop)
    assert old_shop.one("select count(*) from fact_sales where source = 'branch' and gift = 'STORE'") > 0
    rollback(old_shop, 3)
    assert old_shop.sql(columns) == was
    assert old_shop.run().outcome == "unchanged"
    release(old_shop, "branch.lines")
    with pytest.raises(InputError) as refused:
        old_shop.run()
    told = "all files of «customers» are held. Let them in with `shoplake release branch.customers`, and run again."
    assert str(refused.value).endswith(told)
    release(old_shop, "branch")
    old_shop.run()
    assert state(old_shop) == both


def test_refusals_leave_everything_as_it_is(old_shop: Shop) -> None:
    with pytest.raises(DeclarationError, match="number 7: there is no such state.*1 to 3"):
        rollback(old_shop, 7)
    with pytest.raises(DeclarationError, match="it is what is published now"):
        rollback(old_shop, 3)
    with pytest.raises(DeclarationError, match="nothing that is held is called «lines_2.csv»"):
        release(old_shop, "lines_2.csv")
    with only_one(old_shop.project.lock), pytest.raises(MachineError, match="another run is at work"):
        rollback(old_shop, 2)
    first, third = (Manifests(old_shop.project.manifests).read(n).tables["silver.customer"].files for n in (1, 3))
    file = min(first.keys() - third.keys())
    path = old_shop.lake.path("silver.customer") / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(QualityError, match=f"silver.customer/{file}: differs from what was published"):
        rollback(old_shop, 1)
    path.unlink()
    with pytest.raises(QualityError, match="is missing"):
        rollback(old_shop, 1)
    assert old_shop.manifest.number == old_shop.one("select number from shoplake.publication") == 3
    assert old_shop.run().outcome == "unchanged"


@pytest.mark.parametrize(
    ("where", "what", "number"),
    [
        (rolling, "restore_heads", 3),
        (duckdb_file, "build", 3),
        (Manifests, "publish", 3),
        (duckdb_file, "swap_in", 4),
        (rolling, "record", 4),
    ],
)
def test_a_run_mends_what_a_killed_rollback_left(
    old_shop: Shop, monkeypatch: pytest.MonkeyPatch, where: Any, what: str, number: int
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(where, what, killed)
        with pytest.raises(KeyboardInterrupt):
            rollback(old_shop, 1)
    assert old_shop.manifest.number == number
    assert old_shop.run().outcome == "unchanged"
    assert old_shop.one("select number from shoplake.publication") == number
    assert old_shop.one("select count(*) from fact_sales") == (13 if number == 3 else 11)
    rows = {name: table.rows for name, table in old_shop.manifest.tables.items()}
    assert {name: old_shop.lake.head(name).rows for name in rows} == rows
