"""The state that is shown, and the next one as soon as it is published."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress

from shoplake.config import Project
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import declared, store_of
from shoplake.dashboard.state import Audience
from shoplake.dashboard.view import View
from shoplake.errors import QueryError

_SECONDS = 5  # between two looks at the warehouse


class Showing:
    """Holds the view of a project's published state, of its pages and metrics as they were declared then."""

    def __init__(self, project: Project, audience: Audience, locale: str) -> None:
        self.audience: Audience = audience
        self._project, self._locale = project, locale
        self._stopped = threading.Event()
        self._seen, self._told = self._warehouse(), ""
        self.view = self._opened()

    def follow(self, say: Callable[[str], None]) -> None:
        """Warm the view, and look for the next state until `stop`."""
        with suppress(QueryError):  # who asks it is told
            self.view.warm()
        while not self._stopped.wait(_SECONDS):
            self.refresh(say)

    def stop(self) -> None:
        self._stopped.set()

    def refresh(self, say: Callable[[str], None]) -> None:
        """Show what is published, if it is another state. What can't be opened is tried again, and told once."""
        seen = self._warehouse()
        if seen in {self._seen, None}:
            return
        try:
            view = self._opened()
            view.warm()
        except Exception as failure:  # noqa: BLE001: whatever it is, the state before is shown on
            if (told := f"{seen} {failure}") != self._told:
                self._told = told
                say(f"A new state can't be shown, the one before still is: {failure}")
        else:
            self._seen, self.view = seen, view
            gc.collect()  # the store before, and the files that it holds
            say(view.as_of)

    def _opened(self) -> View:
        ready = declared(self._project)
        store = store_of(ready, self._project)
        store = store.shared if self.audience == "shared" else store
        return View(ready, store, self._project.folder.name, Numbers(self._locale, store.published.currency))

    def _warehouse(self) -> tuple[int, int] | None:
        """Another one for another file."""
        try:
            told = self._project.warehouse.stat()
        except OSError:
            return None
        return told.st_ino, told.st_mtime_ns
