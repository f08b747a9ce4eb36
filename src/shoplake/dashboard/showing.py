"""The state that is shown, and the next one as soon as it is published."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shoplake.config import Project
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import declared, prepare_apart, store_of
from shoplake.dashboard.state import Audience
from shoplake.dashboard.view import View

_SECONDS = 5  # between two looks at the warehouse


class Showing:
    """Holds the view of a project's published state, of its pages and metrics as they were declared then."""

    def __init__(self, project: Project, audience: Audience, locale: str) -> None:
        self.audience: Audience = audience
        self._project, self._locale = project, locale
        self._stopped = threading.Event()
        self._seen = self._warehouse()
        self.view = self._opened()

    def follow(self, say: Callable[[str], None]) -> None:
        """Warm the view, and look for the next state until `stop`."""
        self.view.warm()
        while not self._stopped.wait(_SECONDS):
            self.refresh(say)

    def stop(self) -> None:
        self._stopped.set()

    def refresh(self, say: Callable[[str], None]) -> None:
        """Show what is published, if it is another state; what can't be opened is told, and tried no more."""
        seen = self._warehouse()
        if seen in {self._seen, None}:
            return
        self._seen = seen
        try:
            view = self._opened()
            view.warm()
        except Exception as failure:  # noqa: BLE001: whatever it is, the state before is shown on
            say(f"A new state can't be shown, the one before still is: {failure}")
        else:
            self.view = view
            say(view.as_of)

    def _opened(self) -> View:
        ready = declared(self._project)
        prepare_apart(ready, self._project)
        store = store_of(ready, self._project)
        store = store.shared if self.audience == "shared" else store
        return View(ready, store, self._project.folder.name, Numbers(self._locale, store.published.currency))

    def _warehouse(self) -> tuple[int, int] | None:
        """Another one for another file."""
        if not self._project.warehouse.is_file():
            return None
        told = self._project.warehouse.stat()
        return told.st_ino, told.st_mtime_ns
