"""What takes a factory from what is deployed to what is declared: a pure function, no more steps than are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from shoplake.azure.artifacts import GLOBAL, Factory, Key, Properties, check_references, in_order, needs, shown
from shoplake.errors import DeclarationError

Action = Literal["stop", "create", "change", "remove", "start"]
STATE, STARTED, STOPPED = "runtimeState", "Started", "Stopped"
_OF_SERVICE = {STATE, "provisioningState", "lastPublishTime", "state"}
_POLICY = {
    "timeout": "0.12:00:00",
    "retry": 0,
    "retryIntervalInSeconds": 30,
    "secureInput": False,
    "secureOutput": False,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One call of the API."""

    action: Action
    key: Key
    properties: Properties = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.action} {shown(self.key)}"


def changes(declared: Factory, deployed: Factory, kinds: Collection[str]) -> list[Change]:
    """Stop triggers, write what differs, remove what is gone, start triggers; each in the order of references.

    `kinds` are those that the declaration answers for: what the factory has of another kind stays. A trigger that
    says `Started` runs afterwards, one that says `Stopped` doesn't, and one that says nothing is left as it was.
    Raises DeclarationError if what stays would refer to something that isn't there.
    """
    gone = {key: properties for key, properties in deployed.items() if key not in declared and key[0] in kinds}
    stays = {key: properties for key, properties in deployed.items() if key not in declared and key not in gone}
    check_references(declared, stays)
    for key, properties in stays.items():
        for need in set(needs(properties)) & gone.keys():
            what = f"{shown(need)} is gone from azure/adf, but the factory's {shown(key)} needs it"
            raise DeclarationError(
                what, where="azure/adf", remedy=f"Remove {shown(key)} by hand, or keep {shown(need)}"
            )
    order = in_order(declared)
    written = [key for key in order if key not in deployed or _plain(key, declared[key]) != _plain(key, deployed[key])]
    runs = {key for key, properties in deployed.items() if properties.get(STATE) == STARTED}
    off = {key for key in runs & declared.keys() if declared[key].get(STATE) == STOPPED}
    stopped = [key for key in reversed(in_order(deployed)) if key in runs and (key in {*written, *gone} or key in off)]
    started = [
        key
        for key in order
        if key[0] == "trigger"
        and declared[key].get(STATE, STARTED if key in runs else STOPPED) == STARTED
        and (key not in runs or key in stopped)
    ]
    return [
        *(Change("stop", key, deployed[key]) for key in stopped),
        *(Change("change" if key in deployed else "create", key, declared[key]) for key in written),
        *(Change("remove", key) for key in reversed(in_order(gone))),
        *(Change("start", key, declared[key]) for key in started),
    ]


def body(key: Key, properties: Properties) -> Properties:
    """What is written: all but what the service itself says of an artifact."""
    own = set() if key[0] == GLOBAL else _OF_SERVICE
    return {name: value for name, value in properties.items() if name not in own}


def _plain(key: Key, properties: Properties) -> Any:
    """Without what says nothing: empty values, the defaults that the service adds, its own remarks."""
    return _full(body(key, properties))


def _full(value: Any, within: str = "") -> Any:
    if isinstance(value, list):
        return [_full(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _full(each, name) for name, each in value.items() if name != "encryptedCredential"}
    defaults = _POLICY if within == "policy" else {}
    return {name: each for name, each in kept.items() if each not in (None, [], {}) and each != defaults.get(name, [])}
