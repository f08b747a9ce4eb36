"""Azurite, Microsoft's emulator of blob storage, as long as a test needs it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

ACCOUNT = "devstoreaccount1"
# The emulator's own, known to everybody.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_VERSION = "2021-08-06"
_BIN = Path(__file__).parents[2] / "tools" / "node_modules" / ".bin" / "azurite-blob"


def why_not() -> str:
    """What is missing to start it; nothing where it can start."""
    if not shutil.which("node"):
        return "Node isn't installed"
    return "" if _BIN.exists() else "the emulator isn't installed: make tools"


@contextmanager
def azurite() -> Iterator[int]:
    """The port at which it answers; what it holds is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    command = [str(_BIN), "--blobHost", "127.0.0.1", "--blobPort", str(port), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def create_container(port: int, name: str) -> None:
    """A container."""
    _put(port, f"{ACCOUNT}/{name}", {}, "restype=container")


def create_blob(port: int, path: str) -> None:
    """An empty file under a name that our own clients refuse: container and name, escaped."""
    _put(port, f"{ACCOUNT}/{path}", {"x-ms-blob-type": "BlockBlob"})


def _put(port: int, path: str, headers: dict[str, str], query: str = "") -> None:
    """Signed as the storage service's documentation tells (Authorize with Shared Key)."""
    headers = headers | {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    named = "".join(f"{key}:{value}\n" for key, value in sorted(headers.items()))
    signed = "PUT" + "\n" * 12 + f"{named}/{ACCOUNT}/{path}" + (f"\n{query.replace('=', ':')}" if query else "")
    signature = base64.b64encode(hmac.digest(base64.b64decode(_KEY), signed.encode(), hashlib.sha256)).decode()
    headers |= {"Authorization": f"SharedKey {ACCOUNT}:{signature}", "Content-Length": "0"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PUT", f"/{path}" + (f"?{query}" if query else ""), headers=headers)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()


def environment(port: int) -> dict[str, str]:
    """What tells obstore, delta-rs and the engine where it is."""
    return {"AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": f"http://127.0.0.1:{port}"}


def root(container: str, path: str = "shop") -> str:
    return f"abfss://{container}@{ACCOUNT}.dfs.core.windows.net/{path}"


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the emulator has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the emulator doesn't answer")
