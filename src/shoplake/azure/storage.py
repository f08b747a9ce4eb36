"""Files in the lake's storage account, by `az` and its login."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from shoplake.azure.tools import run
from shoplake.errors import MachineError

_TOLD = ("--auth-mode", "login", "--output", "json")
_LOGIN = ("--auth-mode", "login", "--no-progress", "--output", "none")


class LakeFiles:
    """What lies below the lake's root, such as `abfss://lake@account.dfs.core.windows.net/shop`."""

    def __init__(self, uri: str) -> None:
        place = urlsplit(uri)
        self._account = ("--account-name", str(place.hostname).partition(".")[0])
        self._container, self._root = str(place.username), place.path.strip("/")

    def write(self, text: str, name: str) -> None:
        """Put a file there, over what is there."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            file.write_text(text, "utf-8")
            named = ("--container-name", self._container, "--name", self._at(name), "--file", str(file))
            self._blob("upload", *named, "--overwrite", "true")

    def send(self, folder: Path, name: str) -> None:
        """Put a folder's files there, over what is there."""
        named = ("--destination", self._container, "--destination-path", self._at(name), "--source", str(folder))
        self._blob("upload-batch", *named, "--overwrite", "true")

    def fetch(self, pattern: str, folder: Path) -> None:
        """Bring the files whose names fit into the folder, which gets the same structure.

        Raises MachineError where there is none.
        """
        with tempfile.TemporaryDirectory() as aside:
            named = ("--source", self._container, "--pattern", self._at(pattern), "--destination", aside)
            self._blob("download-batch", *named)
            if not any(file.is_file() for file in Path(aside).rglob("*")):
                where = self._at(pattern)
                raise MachineError("the lake has no such file", where=where, remedy="Look at what the job did")
            shutil.copytree(Path(aside) / self._root, folder, dirs_exist_ok=True)

    def files(self, folder: str) -> list[str]:
        """The files below a folder, by their paths from there."""
        start = f"{self._at(folder)}/"
        named = ("--container-name", self._container, "--prefix", start, "--num-results", "*", "--include", "m")
        wanted = ("--query", "[?metadata.hdi_isfolder!='true'].name")
        found = json.loads(run("az", "storage", "blob", "list", *self._account, *named, *wanted, *_TOLD))
        return [name.removeprefix(start) for name in found]

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}".strip("/")

    def _blob(self, action: str, *arguments: str) -> None:
        run("az", "storage", "blob", action, *self._account, *arguments, *_LOGIN)
