"""Which columns name a row, and which name a row of another feed."""

from __future__ import annotations

from pathlib import Path

from shoplake.bronze.files import RawFile
from shoplake.draft.feeds import Feed, read_feeds, snake
from shoplake.draft.roles import find_keys, is_unique

STORES = "store_id,city\n1,Bern\n2,Basel\n3,Chur\n"


def feeds(folder: Path, **texts: str) -> dict[str, Feed]:
    paths = [folder / f"{name}.csv" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    found = read_feeds([RawFile(path, path.as_posix()) for path in paths], "shop", lambda _: None)
    find_keys(found)
    return {feed.name: feed for feed in found}


def test_a_key_is_unique_and_never_empty(tmp_path: Path) -> None:
    assert feeds(tmp_path, stores=STORES)["stores"].keys == ("store_id",)
    assert feeds(tmp_path, stores=STORES + "3,Genf\n")["stores"].keys == ("city",)
    assert feeds(tmp_path, stores=STORES + ",Bern\n")["stores"].keys == ()
    assert feeds(tmp_path, prices="price\n1.5\n2.5\n")["prices"].keys == ()  # an amount names nothing


def test_equal_rows_are_one(tmp_path: Path) -> None:
    assert feeds(tmp_path, stores=STORES + "3,Chur\n")["stores"].keys == ("store_id",)
    parts = feeds(tmp_path, stores_1=STORES, stores_2=STORES.replace("Bern", "Genf"))["stores"]
    assert is_unique(parts, "store_id", in_each_file=True)
    assert not is_unique(parts, "store_id")


def test_the_key_is_what_others_refer_to(tmp_path: Path) -> None:
    items = "item_sku,item_key\nBK-1,1\nBK-2,2\n"
    assert feeds(tmp_path, items=items)["items"].keys == ("item_sku",)
    found = feeds(tmp_path, items=items, lines="order_no,item_key\n1,1\n1,2\n2,1\n")
    assert found["items"].keys == ("item_key",)
    assert found["lines"].references == {"item_key": "items"}


def test_a_reference_has_the_values_and_the_name(tmp_path: Path) -> None:
    lines = "order_no,branch_store,pieces\n1,1,1\n1,2,2\n2,2,3\n"
    found = feeds(tmp_path, stores=STORES, lines=lines)
    assert found["lines"].references == {}  # pieces has the values, branch_store has not the name
    lines = lines.replace("branch_store", "store")
    assert feeds(tmp_path, stores=STORES, lines=lines)["lines"].references == {"store": "stores"}
    away = lines.replace(",2,", ",8,").replace(",1,1", ",9,1")
    assert feeds(tmp_path, stores=STORES, lines=away)["lines"].references == {}


def test_ids_are_text_in_all_feeds(tmp_path: Path) -> None:
    lines = "order_no,store\n1,1\n1,2\n2,2\n"
    found = feeds(tmp_path, stores=STORES, lines=lines)
    assert found["stores"].columns["store_id"].type == "string"
    assert found["lines"].columns["store"].type == "string"
    assert feeds(tmp_path, lines=lines)["lines"].columns["store"].type == ""


def test_snake() -> None:
    assert [snake(text) for text in ("OrderNo", "orderNO", "Ørder 2", "  A-B ", "")] == [
        "order_no", "order_no", "rder_2", "a_b", "",
    ]  # fmt: skip
