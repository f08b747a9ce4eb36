"""Opens the store and listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import uvicorn

from shoplake.dashboard.access import Access
from shoplake.dashboard.server import app_of
from shoplake.dashboard.showing import Showing
from shoplake.errors import MachineError

_AUDIENCES = {
    "analyst": "the owner of the data: free filters, and cells of fewer than 11 people are marked",
    "shared": "everybody: who buys is told by the closed cubes alone",
}


def serve(
    showing: Showing,
    access: Access,
    say: Callable[[str], None],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> None:
    """Answer until the process is told to stop."""
    listening = _listening(host, port)
    name = f"[{host}]" if ":" in host else host
    follower = threading.Thread(target=showing.follow, args=[say], daemon=True)
    follower.start()
    say(f"http://{name}:{listening.getsockname()[1]}/  (Ctrl-C stops it)")
    say(f"Shown for {_AUDIENCES[showing.audience]}.")
    say(f"Open to {access.text}.")
    app = app_of(lambda: showing.view, showing.audience, access)
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        showing.stop()
        follower.join(timeout=2)  # what it prepares goes on by itself


def _listening(host: str, port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen()
    except OSError as failure:
        raise MachineError(
            f"{host}, port {port} can't be listened on: {failure.strerror}",
            remedy="Choose another one with --port, or 0, and --host",
        ) from failure
    return found
