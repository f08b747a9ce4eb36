"""A place in a store does what a folder does: each test has both."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake.errors import DeclarationError, InputError
from shoplake.lake.failures import explained
from shoplake.lake.objects import ObjectPath
from shoplake.lake.place import (
    Place,
    at_hand,
    below,
    copy,
    create,
    listed,
    matching,
    move,
    place,
    place_of,
    put,
    remove_tree,
)
from tests.azure.storage.azurite import create_blob


@pytest.fixture(params=["folder", "store"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place."""
    if request.param == "folder":
        return tmp_path / "place"
    found = place(f"{request.getfixturevalue('lake')}/{tmp_path.name}", tmp_path)
    assert isinstance(found, ObjectPath)
    return found


def names(places: list[Place], start: Place) -> list[str]:
    return [below(each, start) for each in places]


def test_a_file_is_there_once_it_is_written(here: Place) -> None:
    file = here / "a" / "b.txt"
    assert not file.exists()
    assert not here.is_dir()
    put(file, b"one")
    assert (file.exists(), file.is_file(), file.is_dir()) == (True, True, False)
    assert ((here / "a").exists(), (here / "a").is_file(), (here / "a").is_dir()) == (True, False, True)
    assert (file.name, file.stem, file.suffix, file.parent.name) == ("b.txt", "b", ".txt", "a")
    assert file.read_text("utf-8") == "one"
    before = file.stat()
    put(file, b"two")
    assert file.read_bytes() == b"two"
    assert (file.stat().st_size, file.stat().st_mtime_ns != before.st_mtime_ns) == (3, True)


def test_what_is_there_is_not_created_again(here: Place) -> None:
    assert create(here / "1.json", b"one")
    assert not create(here / "1.json", b"two")
    assert (here / "1.json").read_bytes() == b"one"


def test_names_with_wildcards_are_found_in_order(here: Place) -> None:
    for name in ("t2/_log/1.json", "t1/_log/0.json", "t1/part.parquet", ".hidden", "9.json", "a b#c%.csv"):
        put(here / name, b"x")
    assert names(matching(here, "*/_log"), here) == ["t1/_log", "t2/_log"]
    assert names(matching(here, "[0-9]*.json"), here) == ["9.json"]
    assert names(matching(here, "[!.]*"), here) == ["9.json", "a b#c%.csv", "t1", "t2"]
    assert sorted(below(each, here) for each in here.rglob("*.json")) == ["9.json", "t1/_log/0.json", "t2/_log/1.json"]
    assert matching(here / "nowhere", "*") == []
    assert listed(here / "t1") == {"_log/0.json": 1, "part.parquet": 1}
    assert (here / "a b#c%.csv").read_bytes() == b"x"


def test_a_file_can_be_read_in_any_order(here: Place) -> None:
    content = bytes(range(256)) * 40_000
    put(here / "big", content)
    with (here / "big").open("rb") as file:
        assert file.read(10) == content[:10]
        file.seek(-7, 2)
        assert file.read() == content[-7:]
        file.seek(9_000_000)
        assert (file.read(300), file.tell()) == (content[9_000_000:9_000_300], 9_000_300)
        file.seek(0)
        assert file.read() == content


def test_what_changes_while_it_is_read_is_an_error(lake: str, tmp_path: Path) -> None:
    file = place(f"{lake}/{tmp_path.name}", tmp_path) / "file"
    put(file, b"a" * 9_000_000)
    with file.open("rb") as stream:
        stream.read(1)
        put(file, b"b" * 9_000_000)
        with pytest.raises(Exception, match="Precondition|ConditionNotMet"):
            stream.read()


def test_files_and_folders_move_and_go(here: Place) -> None:
    for name in ("t/_log/0.json", "t/part", "single"):
        put(here / name, name.encode())
    move(here / "t", here / "t.broken")
    move(here / "single", here / "other")
    assert sorted(listed(here)) == ["other", "t.broken/_log/0.json", "t.broken/part"]
    (here / "other").unlink()
    with pytest.raises(FileNotFoundError):
        (here / "other").unlink()
    (here / "other").unlink(missing_ok=True)
    remove_tree(here / "t.broken")
    remove_tree(here / "nowhere")
    assert listed(here) == {}


def test_files_are_copied_from_everywhere_to_everywhere(here: Place, lake: str, tmp_path: Path) -> None:
    for other in (tmp_path / "other", place(f"{lake}/{tmp_path.name}/other", tmp_path)):
        put(here / "a", b"content" * 1000)
        copy(here / "a", other / "deep" / "b")
        copy(other / "deep" / "b", here / "c")
        assert (here / "c").read_bytes() == b"content" * 1000
        with pytest.raises(FileNotFoundError):
            copy(here / "nowhere", other / "x")


def test_files_are_at_hand(here: Place) -> None:
    put(here / "m=1" / "a", b"1")
    put(here / "b", b"2")
    with at_hand(here, ["m=1/a"]) as folder:
        assert (folder / "m=1" / "a").read_bytes() == b"1"
    assert folder.exists() == isinstance(here, Path)  # copies go


def test_a_place_is_found_by_its_text(here: Place) -> None:
    assert place_of(str(here / "a")) == here / "a"
    assert place_of((here / "a").as_posix()) == here / "a"
    assert (here / "a").is_relative_to(here)
    assert not here.is_relative_to(here / "a")


@pytest.mark.parametrize(
    "root", ["s3://bucket/shop", "abfss://lake/shop", "abfss://lake@account/shop", "https://a.dfs.core.windows.net/x"]
)
def test_other_places_are_refused(root: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="neither a folder nor abfss://") as caught:
        place(f"{root}?sig=secret", tmp_path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("name", "shown"), [("raw%0Aline.csv", r"raw\nline.csv"), ("deep//file", "deep//file")])
def test_a_name_that_cannot_be_read_is_told(lake: str, emulator: int, tmp_path: Path, name: str, shown: str) -> None:
    create_blob(emulator, f"lake/{tmp_path.name}/{name}")
    with pytest.raises(InputError, match="a file's name holds what can't be read") as caught, explained("raw"):
        list(place(f"{lake}/{tmp_path.name}", tmp_path).rglob("*"))
    assert str(caught.value).startswith(f"{tmp_path.name}/{shown}: ")
