"""Bad input gets a clear answer: what, where, remedy; and nothing is lost or half-published."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplake.config import find_project
from shoplake.errors import DeclarationError, InputError, MachineError, QualityError
from shoplake.lake import Engine
from tests.conftest import CORNER_SHOP, Shop

RETURNS = "number,order,sku,returned,quantity,amount,reason"


def refused(shop: Shop, feed: str) -> list[tuple[list[str], str, int]]:
    rows = shop.rows(f"quarantine.corner_shop__{feed}")
    return sorted((row["reasons"], row["_file"], row["_row_number"]) for row in rows)


def test_rows_that_cannot_be_used_are_kept_with_reason_file_and_row(corner_shop: Shop) -> None:
    corner_shop.put(
        "lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P1,1\nO9,3,P1,1e3,4.00,0\nO9,4,P1,1,4,0,9\n"
    )
    corner_shop.put("returns_2.csv", "number,order,sku,returned,quantity,amount,reason\nR9,O1,P1,2024-03-05,1,3.75,\n")
    corner_shop.run()
    second = [item for item in refused(corner_shop, "lines") if item[1].endswith("lines_2.csv")]
    assert second == [
        (["not_a_number:quantity"], "corner_shop/lines_2.csv", 3),
        (["ragged_row"], "corner_shop/lines_2.csv", 2),
        (["ragged_row"], "corner_shop/lines_2.csv", 4),
    ]
    assert refused(corner_shop, "returns") == [(["not_a_date:returned"], "corner_shop/returns_2.csv", 2)]
    whole = [row["row"] for row in corner_shop.rows("quarantine.corner_shop__lines")]
    assert "O9,2,P1,1" in whole


def test_numbers_that_do_not_fit_are_refused_not_rounded(corner_shop: Shop) -> None:
    header = "order,line,sku,quantity,price,discount\n"
    rows = ["O9,2,P1,1,0.12345,0", "O9,3,P1,1,123456789012345,0", "O9,99999999999,P1,1,1,0", "O9,4,P1,NaN,1,0"]
    corner_shop.put("lines_2.csv", header + "\n".join(rows) + "\n")
    corner_shop.run()
    found = [item[0] for item in refused(corner_shop, "lines") if item[1].endswith("lines_2.csv")]
    assert found == [
        ["not_a_number:quantity"],
        ["number_too_large_or_precise:price"],
        ["number_too_large_or_precise:price"],
        ["wrong_type:line_number"],
    ]


def test_rules_of_the_contract_quarantine_with_all_reasons(corner_shop: Shop) -> None:
    corner_shop.add("orders.csv", "O20,C1,S1,,shipped,web,EUR")
    corner_shop.add("customers.csv", "C9,Eve,eve@example.org,,female,Berlin")
    corner_shop.run()
    orders = [row for row in corner_shop.rows("quarantine.corner_shop__orders") if row["entity"] == "order"]
    assert [row["reasons"] for row in orders] == [["required_value_missing:order_date", "value_not_allowed:status"]]
    customers = corner_shop.rows("quarantine.corner_shop__customers")
    assert [row["reasons"] for row in customers] == [["value_not_allowed:gender"]]
    assert '"customer_id":"C9"' in customers[0]["row"]


def test_a_row_without_its_key_is_refused(corner_shop: Shop) -> None:
    corner_shop.add("products.csv", ",Nameless,FOOD,Drinks,1,2")
    corner_shop.add("products.csv", ",Another,FOOD,Drinks,1,2")
    corner_shop.run()
    assert refused(corner_shop, "products") == [
        (["required_value_missing:sku"], "corner_shop/products.csv", 5),
        (["required_value_missing:sku"], "corner_shop/products.csv", 6),
    ]


def test_lines_that_contradict_each_other_are_not_both_counted(corner_shop: Shop) -> None:
    corner_shop.add("lines.csv", "O9,1,P1,7,4.00,0")
    corner_shop.run()
    found = corner_shop.sql("select count(*) from fact_sales where order_id = 'O9'")
    assert found == [(1,)]
    reasons = [item[0] for item in refused(corner_shop, "lines")]
    assert ["not_unique:source,order_id,line_number"] in reasons


@pytest.mark.parametrize(
    ("name", "content", "what", "remedy"),
    [
        ("orders.csv", b"", "the file is empty", "Export it again"),
        ("orders.csv", b"number,customer,store,status,channel,currency\n", "has no column «placed»", "Export it with"),
        ("orders.csv", b"number,number,customer,store,placed,status,channel,currency\n", "«number» 2 times", "Rename"),
        ("orders.csv", b"\n\n", "the first line holds no column names", "with a header"),
        ("orders.csv", "näme\n".encode("utf-16")[:-1], "the bytes are not utf-16 text", "encoding"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_run(
    corner_shop: Shop, name: str, content: bytes, what: str, remedy: str
) -> None:
    corner_shop.put(name, content)
    with pytest.raises(InputError) as caught:
        corner_shop.run()
    text = str(caught.value)
    assert "corner_shop/orders.csv" in text
    assert what in text
    assert remedy in text
    assert not corner_shop.project.warehouse.exists()


@pytest.mark.long
def test_too_many_refused_rows_stop_a_run_before_it_publishes(corner_shop: Shop) -> None:
    corner_shop.add("products.csv", ",Nameless,FOOD,Drinks,1,2")
    corner_shop.declare(
        lambda text: text.replace("files: products*.csv", "files: products*.csv\n    most_refused: 20%")
    )
    with pytest.raises(QualityError) as caught:
        corner_shop.run()
    assert str(caught.value).startswith(
        "corner_shop.products -> parse: 1 of 4 rows are refused (required_value_missing:sku 1), more than the declared"
        " 20%; nothing was published. `shoplake quarantine corner_shop.products --rows 10` shows them"
    )
    assert not corner_shop.project.warehouse.exists()
    corner_shop.declare(lambda text: text.replace("most_refused: 20%", "most_refused: 1"))
    assert corner_shop.run().outcome == "published"
    # a map that refuses everything stops without any declaration
    corner_shop.declare(lambda text: text.replace("gender: gender", "gender: first_name"))
    with pytest.raises(QualityError, match=r"corner_shop.customers -> customer: .* all that there are"):
        corner_shop.run()


@pytest.mark.long
def test_a_header_alone_is_a_file_without_rows(corner_shop: Shop) -> None:
    for text in (
        "number,order,sku,returned,quantity,amount,reason\n",
        "number,order,sku,returned,quantity,amount,reason",
    ):
        corner_shop.put("returns.csv", text)
        assert corner_shop.run().outcome == "published"
        assert corner_shop.one("select count(*) from fact_returns") == 0


def test_a_feed_without_files(corner_shop: Shop) -> None:
    corner_shop.raw("products.csv").unlink()
    with pytest.raises(InputError, match=r"no file matches products\*.csv. Put the files of «products» there"):
        corner_shop.run()


def test_no_files_at_all(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(InputError, match=r"there are no raw files. Run `shoplake demo`"):
        Shop(tmp_path, engine).run()


@pytest.mark.long
def test_files_that_nobody_asked_for_are_named(corner_shop: Shop) -> None:
    corner_shop.put("notes.txt", "x")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("lines_9.csv", "order,line,sku,quantity,price,discount\nO9,9,P1,1,1.00,0\n")
        packed.writestr("readme.txt", "x")
    corner_shop.put("more.zip", archive.getvalue())
    (corner_shop.project.raw / "unknown_shop").mkdir()
    notes = corner_shop.run().notes
    assert notes == [
        "corner_shop/more.zip/readme.txt matches no feed of the source",
        "corner_shop/notes.txt matches no feed of the source",
        "unknown_shop/ belongs to no declared source",
    ]
    # a member that has gone from its archive keeps its rows, as a file does
    with zipfile.ZipFile(archive := io.BytesIO(), "w") as packed:
        packed.writestr("lines_10.csv", "order,line,sku,quantity,price,discount\nO9,10,P1,1,1.00,0\n")
    corner_shop.put("more.zip", archive.getvalue())
    assert "corner_shop/more.zip/lines_9.csv has gone; its rows stay" in corner_shop.run().notes
    assert corner_shop.one("select count(*) from fact_sales") == 13


def test_a_file_delivered_twice_under_two_names_counts_once(corner_shop: Shop) -> None:
    corner_shop.put("lines_again.csv", corner_shop.raw("lines.csv").read_bytes())
    record = corner_shop.run()
    assert corner_shop.one("select count(*) from fact_sales") == 11
    assert record.notes == ["corner_shop/lines_again.csv holds what corner_shop/lines.csv holds too; it is read once"]


def test_encodings(corner_shop: Shop) -> None:
    text = "customer_id,first_name,email,born,gender,city\nC1,Zoë,,,F,Köln\n"
    for encoding in ("cp1252", "utf-16"):  # others: tests/bronze
        corner_shop.put("customers.csv", text.encode(encoding))
        corner_shop.run()
        assert corner_shop.sql("select city from dim_customer where customer_id = 'C1'") == [("Köln",)]


def test_a_mistake_in_a_declaration_names_file_line_and_remedy(corner_shop: Shop) -> None:
    path = corner_shop.declare(lambda text: text.replace("born: {type: date}", "born: {type: day}"))
    with pytest.raises(DeclarationError) as caught:
        corner_shop.run()
    line = 1 + path.read_text("utf-8").splitlines().index("      born: {type: day}")
    assert str(caught.value).startswith(f"{path}:{line}: «type»: input should be 'string', 'integer'")


def test_a_setting_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "shoplake.toml").write_text("dta = 'x'\n", "utf-8")
    with pytest.raises(DeclarationError, match="«dta».*Settings are: data"):
        find_project(tmp_path)
    (tmp_path / "shoplake.toml").write_text("[unity]\npublishd = 'x'\n", "utf-8")
    with pytest.raises(DeclarationError, match="«unity.publishd».*Settings are: published"):
        find_project(tmp_path)


def test_a_catalog_needs_an_engine_that_knows_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOPLAKE_ENGINE", raising=False)
    monkeypatch.setenv("SHOPLAKE_CATALOG", "shop_dev")
    with pytest.raises(DeclarationError, match="shop_dev: the embedded engine knows no catalog. Set engine"):
        find_project(tmp_path)
    monkeypatch.setenv("SHOPLAKE_ENGINE", "databricks")
    project = find_project(tmp_path)
    assert project.published_in == "shop_dev.shop"
    with pytest.raises(DeclarationError, match="catalog = shop_dev: .*Ask the catalog"):
        project.files("Ask the catalog")
    with pytest.raises(DeclarationError, match=r"warehouse load --target duckdb.*ask the views of shop_dev\.shop"):
        project.warehouse  # noqa: B018
    project.duckdb_file.parent.mkdir()
    project.duckdb_file.touch()
    assert project.warehouse == project.duckdb_file


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs Linux and root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.long
def test_a_full_disk_is_said_and_leaves_the_published_state(small_disk: Path, corner_shop: Shop) -> None:
    for part in ("sources", "shoplake.toml", "data"):
        source = corner_shop.project.folder / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, small_disk / part)
    shop = Shop(small_disk, corner_shop.engine)
    shop.run()
    before = shop.sql("select count(*), sum(net_amount) from fact_sales")
    shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    free = os.statvfs(small_disk)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 20_000))
    with pytest.raises(MachineError, match=r"the disk is full; the last published state is untouched.*Free some space"):
        shop.run()
    assert shop.manifest.number == 1
    assert shop.sql("select count(*), sum(net_amount) from fact_sales") == before
    filler.unlink()
    shop.run()
    assert shop.one("select count(*) from fact_sales") == 12


def test_the_corner_shop_itself_is_complete() -> None:
    assert {path.name for path in (CORNER_SHOP / "raw").iterdir()} == {
        f"{feed}.csv" for feed in ("customers", "products", "stores", "orders", "lines", "returns")
    }
