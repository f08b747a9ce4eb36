"""A PostgreSQL server of its own in a folder, reached by a socket in it; tests skip where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

psycopg = pytest.importorskip("psycopg", reason="psycopg isn't installed")
PASSWORD = "a password of this test alone"


@dataclass(frozen=True)
class Database:
    """One that is made for a test."""

    server: Server
    name: str

    def address(self, **more: Any) -> str:
        settings = {"host": self.server.folder, "user": "owner", "dbname": self.name} | more
        return psycopg.conninfo.make_conninfo(**{name: str(value) for name, value in settings.items()})

    def sql(self, query: str, *, role: str = "") -> list[tuple[Any, ...]]:
        """The answer to a query, or to the last of several statements, as a role sees it."""
        with psycopg.connect(self.address(), autocommit=True) as db:
            db.execute("SET TimeZone = 'UTC'")
            if role:
                db.execute(f"SET ROLE {role}")
            cursor = db.execute(query)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def database(self, **options: str) -> Database:
        """An empty one."""
        name = f"shop_{next(self._numbers)}"
        more = " ".join(f"{word} {value}" for word, value in ({"ENCODING": "'UTF8'"} | options).items())
        Database(self, "postgres").sql(f"CREATE DATABASE {name} TEMPLATE template0 {more}")
        return Database(self, name)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _not_as_root(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def running() -> Iterator[Server]:
    binaries = _binaries()
    if binaries is None or os.name != "posix":
        pytest.skip("no PostgreSQL server here (Debian's package «postgresql»)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path may have 107 characters
    try:
        options = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        options |= _not_as_root(folder)
        control = [binaries / "pg_ctl", "-D", folder / "data", "-w"]
        made = ["-U", "owner", "-E", "UTF8", "--locale=C", "--auth-local=trust", "-N"]
        subprocess.run([binaries / "initdb", "-D", folder / "data", *made], **options)
        # Who names the user «guest» needs a password.
        (folder / "data" / "pg_hba.conf").write_text("local all guest scram-sha-256\nlocal all all trust\n", "ascii")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run([*control, "-l", folder / "log", "-o", settings, "start"], **options)
        try:
            server = Server(folder)
            Database(server, "postgres").sql(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
