"""A Data Factory that is there: what it holds, and the changes made to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from shoplake.azure.arm import Arm
from shoplake.azure.artifacts import KINDS, Key, Properties
from shoplake.azure.changes import Change, body
from shoplake.errors import MachineError, ShoplakeError

_VERSION = "2018-06-01"
_EVENTS = {"BlobEventsTrigger", "CustomEventsTrigger"}


class DataFactory:
    """The factory with that name, over the management API."""

    def __init__(self, arm: Arm, subscription: str, group: str, name: str) -> None:
        self.name, self._arm = name, arm
        within = f"/subscriptions/{subscription}/resourceGroups/{group}"
        self._path = f"{within}/providers/Microsoft.DataFactory/factories/{name}"

    def deployed(self) -> dict[Key, Properties]:
        """All that is in it."""
        return {
            (kind, each["name"]): each["properties"]
            for kind, collection in KINDS.items()
            for each in self._arm.list(f"{self._path}/{collection}", _VERSION)
        }

    def apply(self, steps: Sequence[Change], tell: Callable[[str], None]) -> None:
        """Do the steps in their order; `tell` hears of each. If one fails, triggers that were stopped run again."""
        stopped: dict[Key, Change] = {}
        for done, step in enumerate(steps):
            tell(str(step))
            try:
                self._do(step)
            except ShoplakeError as failure:
                left = [key for key in stopped if self._restart(stopped[key])]
                dark = f"; these triggers stay stopped: {', '.join(name for _, name in left)}" if left else ""
                what = f"{step} failed after {done} of {len(steps)} changes: {failure.what}"
                remedy = f"{failure.remedy.rstrip('.')}. What is done stays, and the same command does the rest{dark}"
                raise MachineError(what, where=f"factory {self.name}", remedy=remedy) from failure
            if step.action == "stop":
                stopped[step.key] = step
            elif step.action in {"remove", "start"}:
                stopped.pop(step.key, None)

    def _do(self, step: Change) -> None:
        if step.action == "start":
            self._start(step)
        elif step.action == "stop":
            self._stop(step)
        elif step.action == "remove":
            self._call("DELETE", step.key)
        else:
            self._call("PUT", step.key, {"properties": body(step.key, step.properties)})

    def _start(self, step: Change) -> None:
        if step.properties.get("type") in _EVENTS:  # can't start before its subscription stands
            self._call("POST", step.key, below="/subscribeToEvents")
            self._until_events(step.key, "Enabled")
        self._call("POST", step.key, below="/start")

    def _stop(self, step: Change) -> None:
        self._call("POST", step.key, below="/stop")
        if step.properties.get("type") in _EVENTS:
            self._call("POST", step.key, below="/unsubscribeFromEvents")
            self._until_events(step.key, "Disabled")

    def _until_events(self, key: Key, state: str) -> None:
        def is_there() -> bool:
            return bool(self._call("POST", key, below="/getEventSubscriptionStatus").get("status") == state)

        self._arm.until(is_there, f"the event subscription of {key[1]} to be {state.lower()}")

    def _restart(self, stop: Change) -> bool:
        """Whether a trigger that was stopped on the way can't be started again."""
        with suppress(ShoplakeError):
            self._start(stop)
            return False
        return True

    def _call(self, method: str, key: Key, content: object = None, below: str = "") -> dict[str, Any]:
        path = f"{self._path}/{KINDS[key[0]]}/{key[1]}{below}"
        found: dict[str, Any] = self._arm.call(method, path, _VERSION, content)
        return found
