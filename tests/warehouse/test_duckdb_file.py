"""The warehouse follows the lake: a copy with the rows of other files is what one made anew would be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from shoplake import gold
from shoplake.errors import QualityError
from shoplake.warehouse import duckdb_file, duckdb_table
from shoplake.warehouse.duckdb_table import Filling, filling
from tests.conftest import Shop

ALL = frozenset({"m=1/a", "m=2/b", "m=2/c", "m=3/d", "m=4/e"})
NULL = "m=__HIVE_DEFAULT_PARTITION__"


def files(*names: str) -> dict[str, str]:
    return {name: f"digest of {name}" for name in names}


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (ALL, Filling(False, frozenset(), frozenset())),
        (ALL | {"m=2/f"}, Filling(False, frozenset(), frozenset({"m=2/f"}))),
        (ALL - {"m=4/e"}, Filling(False, frozenset({"4"}), frozenset())),
        (ALL - {"m=2/b"}, Filling(False, frozenset({"2"}), frozenset({"m=2/c"}))),
        (ALL - {"m=4/e"} | {"m=2/f"}, Filling(False, frozenset({"4"}), frozenset({"m=2/f"}))),
        ({"m=1/a", "m=2/f"}, Filling(False, frozenset({"2", "3", "4"}), frozenset({"m=2/f"}))),
        ({"m=2/f", "m=2/g"}, Filling(True, frozenset(), frozenset({"m=2/f", "m=2/g"}))),
        (frozenset(), Filling(False, frozenset({"1", "2", "3", "4"}), frozenset())),
    ],
)
def test_only_what_differs_is_filled(now: frozenset[str], found: Filling) -> None:
    assert filling(files(*ALL), files(*now), "m") == found


def test_what_can_only_be_filled_anew() -> None:
    assert filling(None, files("a"), "") == Filling(True, frozenset(), frozenset({"a"}))
    assert filling(files("a"), files("b"), "") == Filling(True, frozenset(), frozenset({"b"}))
    assert filling(files("a"), files("a", "b"), "") == Filling(False, frozenset(), frozenset({"b"}))
    changed = {"a": "other bytes under the same name"}
    assert filling(files("a"), changed, "") == Filling(True, frozenset(), frozenset({"a"}))
    lost = filling(files(f"{NULL}/a", "m=1/b"), files("m=1/b"), "m")
    assert lost == Filling(False, frozenset({None}), frozenset())


def rows(path: Path) -> dict[str, list[object]]:
    with duckdb.connect(str(path), read_only=True) as db:
        names = [
            row[0] for row in db.sql("select table_name from duckdb_tables() where schema_name = 'gold'").fetchall()
        ]
        return {name: sorted(map(str, db.sql(f"select * from gold.{name}").fetchall())) for name in sorted(names)}


def anew(shop: Shop, folder: Path) -> dict[str, list[object]]:
    return rows(duckdb_file.build(shop.lake, shop.manifest, folder / "anew.duckdb"))


@pytest.mark.long
def test_it_holds_what_one_made_anew_holds(corner_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of an old month, one without an order, an order without lines, one that moves to another month."""
    filled: list[Filling] = []

    def seen(*args: Any) -> Filling:
        filled.append(filling(*args))
        return filled[-1]

    monkeypatch.setattr(duckdb_table, "filling", seen)
    for month in range(1, 13):
        corner_shop.add("orders.csv", f"M{month},C1,S1,2023-{month:02}-01 10:00:00,completed,web,EUR")
        corner_shop.add("lines.csv", f"M{month},1,P1,1,9.00,0")
    corner_shop.run()
    assert all(each.is_anew for each in filled)
    kinds: set[str] = set()
    lines, orders = (corner_shop.raw(name).read_text("utf-8").splitlines()[0] for name in ("lines.csv", "orders.csv"))
    for file, text in [
        ("lines2.csv", f"{lines}\nM3,2,P2,1,9.00,0"),
        ("lines3.csv", f"{lines}\nNOBODY,1,P2,2,8.00,0"),
        ("orders4.csv", f"{orders}\nM13,C1,S1,2022-01-01 10:00:00,completed,web,EUR"),
        ("orders5.csv", f"{orders}\nM7,C2,S1,2023-08-01 10:00:00,completed,web,EUR"),
        ("lines6.csv", f"{lines}\nM13,1,P2,2,8.00,0"),
    ]:
        filled.clear()
        corner_shop.put(file, text)
        corner_shop.run()
        assert len(filled) == 2 * len(gold.tables())  # looked at, then filled: the copy was good
        kinds |= {"replaced" if each.partitions else "appended" for each in filled if each.files and not each.is_anew}
        assert rows(corner_shop.project.warehouse) == anew(corner_shop, tmp_path)
    assert kinds == {"replaced", "appended"}


@pytest.mark.long
def test_a_damaged_copy_is_made_anew(own_shop: Shop, tmp_path: Path) -> None:
    with duckdb.connect(str(own_shop.project.warehouse)) as db:
        db.execute("delete from gold.fact_sales")
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    own_shop.run()
    assert rows(own_shop.project.warehouse) == anew(own_shop, tmp_path)


def test_files_that_are_not_as_they_were_published_are_not_filled_in(own_shop: Shop, tmp_path: Path) -> None:
    (file,) = list(own_shop.project.data.glob("gold/dim_product/*.parquet"))[:1]
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    with pytest.raises(QualityError, match="differs from what was published"):
        anew(own_shop, tmp_path)
