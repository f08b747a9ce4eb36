"""A path that the engine can use: Sail 0.7.2 loses its way where a URL would escape a character."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from pathlib import Path

from shoplake.errors import MachineError
from shoplake.lake.place import Place

_LOST = re.compile(r"[#%?]")  # delta-rs 1.6 looks elsewhere, even through a link
_PLAIN = re.compile(r"[A-Za-z0-9_./\\:~'+=@,-]*")


def plain(folder: Place, owner: object) -> Place:
    """The folder itself, or a link to it under a plain name that lives as long as `owner`."""
    folder = folder.absolute()
    if _LOST.search(str(folder)):
        raise _unusable(folder)
    if _PLAIN.fullmatch(str(folder)):
        return folder
    if not isinstance(folder, Path):
        raise _unusable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Path(tempfile.mkdtemp(prefix="shoplake-"))
    weakref.finalize(owner, shutil.rmtree, shelf, ignore_errors=True)
    try:
        (shelf / "lake").symlink_to(folder, target_is_directory=True)
    except OSError as failure:
        raise _unusable(folder) from failure
    return shelf / "lake"


def _unusable(folder: Place) -> MachineError:
    return MachineError(
        "the engine can't use a path with such characters",
        where=str(folder),
        remedy="Set `data` in shoplake.toml to a folder with a plain name, without # or %, blanks or umlauts",
    )
