"""A way to the storage that loses requests, loses answers, is slow or busy, by a seed."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_XML = '<?xml version="1.0" encoding="utf-8"?><Error><Code>{}</Code><Message>{}</Message></Error>'
# What Azure answers in the place of what was asked for.
ANSWERS = {
    "busy": (503, "ServerBusy", "The server is busy."),
    "refused": (
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    ),
    "behind a firewall": (403, "AuthorizationFailure", "This request is not authorized to perform this operation."),
    "expired": (
        401,
        "InvalidAuthenticationInfo",
        "Server failed to authenticate the request. Lifetime validation failed. The token is expired.",
    ),
}


class Way:
    """What befell requests: how many of each kind; `share` of all meet a fault."""

    def __init__(self, port: int, seed: int, share: float) -> None:
        self.port, self.share = port, share
        self._random, self._lock = random.Random(seed), threading.Lock()
        self.met: Counter[str] = Counter()

    def fate(self, asked: str) -> str:
        """Of a request, such as `GET /account/container/...`."""
        with self._lock:
            drawn = self._random.random()
            fates = ("lost request", "lost answer", "slow", "busy")
            fate = self._random.choice(fates) if drawn < self.share else "well"
            self.met[fate] += 1
            return fate


@contextmanager
def proxy(way: Way) -> Iterator[int]:
    """The port of a proxy to `way.port`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for the other side's delayed acknowledgement

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fate = way.fate(f"{self.command} {self.path}")
            if fate == "lost request":
                self._cut()
                return
            if fate in ANSWERS:
                status, code, message = ANSWERS[fate]
                told = [("Content-Type", "application/xml"), ("x-ms-error-code", code)]
                self._answer(status, told, _XML.format(code, message).encode())
                return
            if fate == "slow":
                time.sleep(0.5)
            there = http.client.HTTPConnection("127.0.0.1", way.port)
            there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                there.putheader(name, value)
            there.endheaders(body)
            answer = there.getresponse()
            content = answer.read()
            there.close()
            if fate == "lost answer":
                self._cut()
                return
            skipped = {"transfer-encoding", "connection", "keep-alive", "content-length"}
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in skipped]
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self._answer(answer.status, headers, content, length)

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, length: str | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", length or str(len(body)))
            with suppress(ConnectionError):  # who asked may have given up
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

        def _cut(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _pass  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
