"""Files that aren't what they seem, or change while they are looked at."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from shoplake.bronze.arrivals import look_at
from shoplake.bronze.files import find_files
from shoplake.bronze.reader import FileToRead, read_file
from shoplake.bronze.seen import Seen
from shoplake.errors import InputError
from tests.bad_input.case import CSV
from tests.bad_input.packed import TEXT, zipped
from tests.bronze.files import NOW, load, source_of

ORDERS = CSV.model_copy(update={"files": "orders*"})


def out_of_the_raw_folder(place: Path) -> None:
    outside = place.parents[2] / "secret.csv"
    outside.write_bytes(TEXT)
    place.symlink_to(outside)


def link_to_a_folder_outside(place: Path) -> None:
    out_of_the_raw_folder(place.with_name("orders_2.csv"))
    folder = place.parents[2] / "elsewhere"
    place.parent.rename(folder)
    place.parent.symlink_to(folder)


def socket_of_a_program(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as program:
        here = Path.cwd()
        os.chdir(place.parent)  # a socket's name may not be long
        program.bind(place.name)
        os.chdir(here)


PLACES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a folder": (Path.mkdir, "orders.csv: it is a folder, not a file. Move it away, or rename it"),
    "a link out of the raw folder": (
        out_of_the_raw_folder,
        "orders.csv: it is a link out of the raw folder. Copy the file",
    ),
    "a source's folder that is a link": (link_to_a_folder_outside, "orders_2.csv: it is a link out of the raw folder"),
    "a link to a device": (
        lambda place: place.symlink_to("/dev/zero"),
        "orders.csv: it is a link out of the raw folder",
    ),
    "a link that leads nowhere": (
        lambda place: place.symlink_to(place.parent / "x"),
        "orders.csv: it is a link that leads",
    ),
    "a link to itself": (
        lambda place: place.symlink_to(place),
        "orders.csv: it is a link that leads nowhere. Copy the file",
    ),
    "a pipe": (
        lambda place: os.mkfifo(place),
        "orders.csv: it is a pipe, a socket or a device, not a file. Move it away",
    ),
    "a socket": (socket_of_a_program, "orders.csv: it is a pipe, a socket or a device, not a file. Move it away"),
    "a name that is no UTF-8": (
        lambda place: Path(os.fsdecode(os.fsencode(place.parent / "orders") + b"\xff.csv")).write_bytes(TEXT) and None,
        r"shop/orders\\udcff.csv: its name holds signs that can't be shown. Rename it",
    ),
    "a name with control characters": (
        lambda place: place.with_name("orders\x1b[31m.csv").write_bytes(TEXT) and None,
        r"shop/orders\\x1b\[31m.csv: its name holds signs that can't be shown. Rename it",
    ),
}


@pytest.mark.parametrize("kind", PLACES)
def test_place(tmp_path: Path, kind: str) -> None:
    make, refused = PLACES[kind]
    place = tmp_path / "raw" / "shop" / "orders.csv"
    place.parent.mkdir(parents=True)
    make(place)
    with pytest.raises(InputError, match=refused):
        find_files(tmp_path / "raw", "shop", ORDERS)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"3,4\n")


def shrink(path: Path) -> None:
    os.truncate(path, len(path.read_bytes()) - 2)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes().replace(b"2", b"9"))
    other.rename(path)


def rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"2", b"9"))


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a file that grows while it is read": (grow, "it changed while it was read. Run again when it is complete"),
    "a file that shrinks while it is read": (shrink, "it changed while it was read. Run again when it is complete"),
    "a file replaced by one of its size while it is read": (replace, "it changed while it was read. Run again when it"),
    "a file rewritten while it is read": (rewrite, "it changed while it was read. Run again when it is complete"),
    "a file that goes while it is read": (Path.unlink, "it has gone. Run again, or put it back"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_change(tmp_path: Path, kind: str) -> None:
    change, refused = CHANGES[kind]
    content = b"a,b\n1,2\nshort\n"
    for when in ("before", "during"):
        found = load(tmp_path, "orders.csv", content, ORDERS)
        path = found.path(tmp_path)
        batches = read_file(FileToRead(str(path), found, ORDERS))
        if when == "during":
            next(batches)
        change(path)
        with pytest.raises(InputError, match=f"shop/orders.csv: {refused}"):
            list(batches)


UNREADABLE = {
    "a file that may not be read": (
        "orders.csv",
        "shop/orders.csv: may not write or read .*orders.csv. Check its owner",
    ),
    "an archive that may not be read": ("orders.zip", "may not write or read .*orders.zip. Check its owner"),
    "a folder that may not be read": (".", "may not write or read .*shop. Check its owner"),
}
# As the user nobody where this is root, whom nothing is forbidden.
READS = """
    import os, sys
    from pathlib import Path
    from shoplake.bronze.files import find_files
    from shoplake.bronze.load import inspect
    from shoplake.lake.failures import explained
    from tests.bad_input.test_files import NOW, ORDERS, source_of
    if os.geteuid() == 0:
        os.setgid(65534), os.setuid(65534)
    for raw in sys.argv[1:]:
        try:
            with explained("shoplake run"):
                for file in find_files(Path(raw), "shop", ORDERS):
                    inspect(file, source_of(ORDERS), "feed", NOW)
        except Exception as failure:
            print(type(failure).__name__, failure)
"""


def test_unreadable() -> None:
    places = []
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to nobody
        Path(folder).chmod(0o755)
        for number, (name, _) in enumerate(UNREADABLE.values()):
            shop = Path(folder) / str(number) / "shop"
            shop.mkdir(parents=True)
            if name != ".":
                (shop / name).write_bytes(zipped(("orders.csv", TEXT)) if name.endswith(".zip") else TEXT)
            places.append(shop / name)
            places[-1].chmod(0)
        raws = [str(Path(folder) / str(number)) for number in range(len(places))]
        command = [sys.executable, "-c", textwrap.dedent(READS), *raws]
        found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        for place in places:
            place.chmod(0o700)
    for line, (_, refused) in zip(found.stdout.splitlines(), UNREADABLE.values(), strict=True):
        assert re.match(f"MachineError .*{refused}", line), line


def test_what_no_feed_wants_is_named_in_archives_too(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "export.zip").write_bytes(zipped(("orders.csv", TEXT), ("old/orders.csv.gz", b"x"), ("notes.txt", b"x")))
    (folder / "nested.zip").write_bytes(zipped(("inner.zip", zipped(("orders.csv", TEXT)))))
    feed = ORDERS.model_copy(update={"files": "orders*.csv"})
    found = look_at(tmp_path, [source_of(feed)], (), Seen(tmp_path / "seen.json"), NOW)
    assert [load.file for load in found.loads["shop", "feed"]] == ["shop/export.zip/orders.csv"]
    assert found.notes == [
        "shop/export.zip/notes.txt matches no feed of the source",
        "shop/export.zip/old/orders.csv.gz matches no feed of the source",
        "shop/nested.zip matches no feed of the source",
    ]
