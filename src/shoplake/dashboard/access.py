"""Who may look at the pages: on this machine its user, elsewhere who brings a token or comes through a proxy."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shoplake.dashboard.state import Audience
from shoplake.errors import DeclarationError

VARIABLE = "SHOPLAKE_DASHBOARD_TOKEN"
_SHORTEST = 16
_REMEDY = (
    f"Name --token-file, or set {VARIABLE}, with {_SHORTEST} characters or more, or --trusted-header for a proxy that"
    " authenticates"
)


@dataclass(frozen=True, slots=True)
class Access:
    """What a request must bring. On loopback also a Host header that says so."""

    is_loopback: bool
    token: str = ""
    header: str = ""

    @property
    def text(self) -> str:
        """What holds, for the one who starts it."""
        if self.header:
            return f"whoever a proxy lets in, which sets the header {self.header}"
        if self.token:
            return "whoever opens it once with ?token=... behind the address"
        return "this machine alone"


def access_of(host: str, token_file: Path | None, header: str, environment: Mapping[str, str]) -> Access:
    """Raises DeclarationError where an address that isn't loopback is open to anybody, or the token is none."""
    token = environment.get(VARIABLE, "").strip()
    if token_file:
        try:
            token = token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as failure:
            raise DeclarationError("the token can't be read", where=str(token_file), remedy=_REMEDY) from failure
    if (token or token_file) and (len(token) < _SHORTEST or not token.isascii() or not token.isprintable()):
        raise DeclarationError(
            f"the token has fewer than {_SHORTEST} characters, or others than letters, digits and signs",
            where=str(token_file or VARIABLE),
            remedy="Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    is_loopback = _is_loopback(host)
    if not (is_loopback or token or header):
        raise DeclarationError(f"whoever reaches {host} could look at everything", where="--host", remedy=_REMEDY)
    return Access(is_loopback, token, header)


def audience_of(access: Access, wants_shared: bool) -> Audience:
    """Who looks on this machine owns the data; a proxy brings others."""
    return "analyst" if access.is_loopback and not access.header and not wants_shared else "shared"


class Gate:
    """Lets requests pass that may, in front of an application."""

    def __init__(self, app: Any, access: Access) -> None:
        self._app, self._access = app, access
        # The cookie tells nothing of the token itself; its name lets two dashboards of a machine have one each.
        self._proof, self._cookie = (
            hmac.new(access.token.encode(), use, hashlib.sha256).hexdigest() for use in (b"proof", b"name")
        )
        self._cookie = f"shoplake_{self._cookie[:8]}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = self._refused(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _refused(self, scope: Any) -> Response | None:
        """What is said to who may not; to who brings the token, where to go on."""
        headers = Headers(scope=scope)
        if self._access.is_loopback and not _is_loopback(_name(headers.get("host", ""))):
            return _page("This address is not the dashboard's", "On this machine it is 127.0.0.1 or localhost.", 421)
        if self._access.header and not headers.get(self._access.header, "").strip():
            return _page(
                "Please sign in", "The dashboard is behind a proxy, which says who you are. Open it there.", 401
            )
        if not self._access.token:
            return None
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in asked if name == "token"]
        if given:
            return self._entered(scope, given[-1], [pair for pair in asked if pair[0] != "token"])
        if _is_same(cookie_parser(headers.get("cookie", "")).get(self._cookie, ""), self._proof):
            return None
        what = "Open it with ?token=... behind the address. If you have just done so, <a href='/'>go on</a>."
        return _page("The dashboard needs a token", what, 401)

    def _entered(self, scope: Any, token: str, others: list[tuple[str, str]]) -> Response:
        if not _is_same(token, self._access.token):
            return _page("This is not the token", "Ask who runs the dashboard for it.", 401)
        # One slash: two would name another machine.
        path = "/" + scope["path"].lstrip("/\\")
        to = RedirectResponse(f"{path}?{urlencode(others)}" if others else path, 303)
        to.set_cookie(self._cookie, self._proof, httponly=True, samesite="strict", secure=scope["scheme"] == "https")
        return to


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _is_same(one: str, other: str) -> bool:
    """Takes as long whatever the difference is."""
    return hmac.compare_digest(one.encode(), other.encode())


def _page(title: str, what: str, status: int) -> Response:
    """Needs no file of the dashboard's, none of which may be read yet."""
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<body style='font: 16px sans-serif; margin: 3em'><main><h1>{title}</h1><p>{what}</p></main></body></html>"
    )
    return HTMLResponse(text, status)
