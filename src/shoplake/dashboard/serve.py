"""Opens the store and listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import uvicorn

from shoplake.config import Project
from shoplake.dashboard.access import Access
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, store_of
from shoplake.dashboard.server import app_of
from shoplake.dashboard.state import Audience
from shoplake.dashboard.view import View
from shoplake.errors import MachineError

_AUDIENCES = {
    "analyst": "the owner of the data: free filters, and cells of fewer than 11 people are marked",
    "shared": "everybody: who buys is told by the closed cubes alone",
}


def serve(
    project: Project,
    ready: Ready,
    access: Access,
    audience: Audience,
    say: Callable[[str], None],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    locale: str = "en",
) -> None:
    """Answer until the process is told to stop."""
    store = store_of(ready, project)
    if audience == "shared":
        store = store.shared
    view = View(ready.pages, store, project.folder.name, Numbers(locale, store.published.currency))
    listening = _listening(host, port)
    name = f"[{host}]" if ":" in host else host
    threading.Thread(target=view.warm, daemon=True).start()
    say(f"http://{name}:{listening.getsockname()[1]}/  (Ctrl-C stops it)")
    say(f"Shown for {_AUDIENCES[audience]}.")
    say(f"Open to {access.text}.")
    config = uvicorn.Config(app_of(view, ready.charts, audience, access), log_level="warning", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


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
