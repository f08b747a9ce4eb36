"""A model of a Data Factory: it keeps the rules of the real one that a deployment can break.

What it doesn't show: what else the service checks of an artifact, what defaults it adds, how long anything takes.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shoplake.azure.artifacts import KINDS, Key, Properties, needs, shown
from shoplake.azure.changes import Change, body

EVENTS = "BlobEventsTrigger"


class RefusedError(Exception):
    """What the factory answers instead of doing it."""


class Model:
    """A factory. `subscribed`: triggers whose subscription to events stands."""

    def __init__(self, held: dict[Key, Properties] | None = None) -> None:
        self.held = dict(held or {})
        self.subscribed = {key for key in self.held if self.runs(key)}
        self.calls: list[str] = []

    def runs(self, key: Key) -> bool:
        return self.held[key].get("runtimeState") == "Started"

    def put(self, key: Key, properties: Properties) -> None:
        self.calls.append(f"put {shown(key)}")
        if key in self.held and self.runs(key):
            raise RefusedError(
                "TriggerEnabledCannotUpdate", "Cannot update enabled Trigger; the trigger needs to be disabled first."
            )
        if missing := set(needs(properties)) - self.held.keys():
            raise RefusedError(
                "BadRequest", f"The document creation or update failed because of invalid reference '{missing}'."
            )
        self.held[key] = dict(properties) | ({"runtimeState": "Stopped"} if key[0] == "trigger" else {})

    def delete(self, key: Key) -> None:
        self.calls.append(f"delete {shown(key)}")
        if self.runs(key):
            raise RefusedError("TriggerEnabledCannotUpdate", "The trigger needs to be disabled first.")
        if users := [other for other, properties in self.held.items() if key in set(needs(properties))]:
            raise RefusedError(
                "DocumentIsReferenced", f"The document cannot be deleted since it is referenced by {users}."
            )
        del self.held[key]

    def switch(self, key: Key, state: str) -> None:
        self.calls.append(f"{'start' if state == 'Started' else 'stop'} {shown(key)}")
        if state == "Started" and self.held[key].get("type") == EVENTS and key not in self.subscribed:
            raise RefusedError("BadRequest", "The trigger isn't subscribed to its events.")
        self.held[key] = self.held[key] | {"runtimeState": state}

    def do(self, step: Change) -> None:
        """A step of a plan, without the network."""
        if step.action in {"create", "change"}:
            assert (step.action == "change") == (step.key in self.held)
            self.put(step.key, body(step.key, step.properties))
        elif step.action == "remove":
            self.delete(step.key)
        else:
            self.subscribed.add(step.key)
            assert self.runs(step.key) == (step.action == "stop")
            self.switch(step.key, "Started" if step.action == "start" else "Stopped")


@contextmanager
def served(model: Model, faults: list[tuple[int, Any]]) -> Iterator[str]:
    """The model behind the management API; `faults` are answered first, one a call that writes."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length) or b"{}")
            code, told = _act(model, self.command, self.path, sent, faults)
            if self.headers["Authorization"] != "Bearer a-token":
                code, told = (
                    401,
                    {"error": {"code": "InvalidAuthenticationToken", "message": "The access token is invalid."}},
                )
            if "nextLink" in told:
                told["nextLink"] = f"http://{self.headers['Host']}{told['nextLink']}"
            content = json.dumps(told).encode()
            self.send_response(code)
            if code == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _act(model: Model, method: str, path: str, sent: Any, faults: list[tuple[int, Any]]) -> tuple[int, dict[str, Any]]:
    place, _, query = path.partition("?")
    if place.endswith("/providers"):
        return 200, {"value": [{"namespace": "Microsoft.Storage", "registrationState": "Registered"}]}
    if place.endswith("/permissions"):
        return 200, {"value": [{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}]}
    found = re.fullmatch(
        r"/subscriptions/a-subscription/resourceGroups/rg/providers/Microsoft.DataFactory/factories/adf/(\w+)(?:/(\w+))?(?:/(\w+))?",
        place,
    )
    kind = {collection: kind for kind, collection in KINDS.items()}.get(found[1]) if found else None
    if not found or not kind or "api-version=2018-06-01" not in query:
        return 404, {"error": {"code": "ResourceNotFound", "message": f"{method} {path}"}}
    if method == "GET":
        all_of = [
            {"name": name, "etag": "e", "properties": held} for (of, name), held in model.held.items() if of == kind
        ]
        if "page=2" in query or len(all_of) < 2:
            return 200, {"value": all_of[1:] if "page=2" in query else all_of}
        return 200, {"value": all_of[:1], "nextLink": f"{path}&page=2"}
    if faults:
        return faults.pop(0)
    key = (kind, found[2])
    try:
        match method, found[3]:
            case "PUT", None:
                model.put(key, sent["properties"])
            case "DELETE", None:
                model.delete(key)
            case "POST", "start" | "stop":
                model.switch(key, "Started" if found[3] == "start" else "Stopped")
            case "POST", "subscribeToEvents":
                model.subscribed.add(key)
                return 202, {}
            case "POST", "unsubscribeFromEvents":
                model.subscribed.discard(key)
                return 202, {}
            case "POST", "getEventSubscriptionStatus":
                return 200, {"status": "Enabled" if key in model.subscribed else "Disabled"}
    except RefusedError as refusal:
        return 400, {"error": dict(zip(("code", "message"), refusal.args, strict=True))}
    return 200, {}
