"""Opens the store and listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import uvicorn

from shoplake.config import Project
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, store_of
from shoplake.dashboard.server import app_of
from shoplake.dashboard.view import View
from shoplake.errors import MachineError

HOST = "127.0.0.1"


def serve(project: Project, ready: Ready, port: int, locale: str, say: Callable[[str], None]) -> None:
    """Answer until the process is told to stop."""
    store = store_of(ready, project)
    view = View(ready.pages, store, project.folder.name, Numbers(locale, store.published.currency))
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as failure:
        raise MachineError(
            f"port {port} can't be listened on: {failure.strerror}", remedy="Choose another one with --port, or 0"
        ) from failure
    threading.Thread(target=view.warm, daemon=True).start()
    say(f"http://{HOST}:{listening.getsockname()[1]}/  (Ctrl-C stops it)")
    config = uvicorn.Config(app_of(view, ready.charts, "analyst"), log_level="warning", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
