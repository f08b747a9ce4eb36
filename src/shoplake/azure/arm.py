"""Azure's management API: calls with the login of `az`, again where it asks for patience."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from shoplake.azure.failures import explain
from shoplake.azure.tools import ask, run
from shoplake.errors import MachineError

_PATIENCE, _TRIES, _TIMEOUT, _MARGIN = {408, 429, 500, 502, 503, 504}, 6, 120, 300  # status codes; calls; seconds


class Arm:
    """The management API of the cloud that `az` is logged in to."""

    def __init__(self, wait: Callable[[float], None] = time.sleep) -> None:
        self.address = run("az", "cloud", "show", "--query", "endpoints.resourceManager", "--output", "tsv").strip()
        self._wait, self._bearer, self._good_until = wait, "", 0.0

    def get(self, path: str, version: str) -> Any:
        """What is at `path`, such as `/subscriptions/...`."""
        return self.call("GET", path, version)

    def list(self, path: str, version: str) -> Iterator[dict[str, Any]]:
        """All that a collection holds, page by page."""
        address: str | None = self._at(path, version)
        while address:
            page = self._send("GET", address, None)
            yield from page.get("value", ())
            address = page.get("nextLink")

    def call(self, method: str, path: str, version: str, body: object = None) -> Any:
        """One call; the answer's JSON. Raises MachineError for a refusal."""
        return self._send(method, self._at(path, version), body)

    def until(self, wanted: Callable[[], bool], what: str, tries: int = 60, pause: float = 5) -> None:
        """Wait for something that takes its time. Raises MachineError if it doesn't come."""
        for _ in range(tries):
            if wanted():
                return
            self._wait(pause)
        raise MachineError(f"{what} takes longer than {tries * pause / 60:.0f} minutes", remedy="Run it again later")

    def _at(self, path: str, version: str) -> str:
        return f"{self.address.rstrip('/')}{path}?api-version={version}"

    def _token(self) -> str:
        """Asked of `az` anew before it runs out."""
        if time.time() > self._good_until:
            found = ask("az", "account", "get-access-token", "--output", "json")
            self._bearer, self._good_until = found["accessToken"], float(found["expires_on"]) - _MARGIN
        return self._bearer

    def _send(self, method: str, address: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        place = f"{method} {address.partition('?')[0].rpartition('/providers/')[2]}"
        for attempt in range(1, _TRIES + 1):
            try:
                request = Request(address, data, headers, method=method)  # noqa: S310 - the address is az's own
                with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                    return json.loads(answer.read() or b"{}")
            except HTTPError as refusal:
                said = refusal.read().decode("utf-8", "replace")
                if refusal.code not in _PATIENCE or attempt == _TRIES:
                    raise explain(_told(said, refusal), place) from refusal
                pause = refusal.headers.get("Retry-After", "")
            except (URLError, TimeoutError, ConnectionError) as failure:
                if attempt == _TRIES:
                    what = f"Azure's management API can't be reached: {failure}"
                    raise MachineError(
                        what, where=place, remedy="Look at the network, or a proxy (HTTPS_PROXY)"
                    ) from failure
                pause = ""
            self._wait(min(float(pause), 60) if pause.isdigit() else 2**attempt)
        raise AssertionError("unreachable")


def _told(said: str, refusal: HTTPError) -> str:
    """Code and message of an answer of the API, else its status."""
    try:
        error = json.loads(said)["error"]
        return f"{error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {refusal.code} {refusal.reason}"
