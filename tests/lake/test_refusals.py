"""What a storage account says becomes a sentence with a remedy. The answers are Azure's documented error codes."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import obstore
import pytest
from obstore.store import AzureStore

from shoplake.lake.failures import explain
from shoplake.lake.refusals import is_of_storage

ANSWERS = {
    (404, "ContainerNotFound"): "has no such container. Create it",
    (403, "AuthorizationPermissionMismatch"): "refuses this identity, or this network. Give it the role",
    (403, "AuthorizationFailure"): "refuses this identity, or this network. Give it the role",
    (403, "AuthenticationFailed"): "doesn't accept the credential, or it has expired. Sign in again",
    (401, "ExpiredAuthenticationToken"): "has expired. Sign in again",
    (401, "InvalidAuthenticationInfo"): "doesn't accept the credential, or it has expired. Sign in again",
    (503, "ServerBusy"): "doesn't answer; what is published is untouched. Run again",
}


@contextmanager
def account(status: int, code: str) -> Iterator[AzureStore]:
    """A storage account that answers everything so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>No.</Message></Error>'
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.wfile.write(body.encode())

        do_GET = do_PUT  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield store_at(f"http://127.0.0.1:{server.server_address[1]}/devstoreaccount1")
    server.shutdown()
    server.server_close()


def store_at(endpoint: str) -> AzureStore:
    return AzureStore(
        "lake",
        account_name="devstoreaccount1",
        endpoint=endpoint,
        bearer_token="token",
        client_options={"allow_http": True, "timeout": timedelta(seconds=5)},
        retry_config={"max_retries": 0},
    )


@pytest.mark.parametrize(("answer", "wanted"), ANSWERS.items())
def test_a_refusal_is_told_with_its_remedy(answer: tuple[int, str], wanted: str) -> None:
    with account(*answer) as store:
        for ask in (lambda: obstore.put(store, "a", b""), lambda: list(obstore.list(store))):
            with pytest.raises(Exception) as refused:  # noqa: PT011 - each error has a class of its own
                ask()
            assert is_of_storage(refused.value)
            assert wanted in str(explain(refused.value, "gold.dim_store"))


def test_an_account_that_does_not_answer_is_told() -> None:
    with pytest.raises(Exception, match="devstoreaccount1") as refused:
        obstore.put(store_at("http://127.0.0.1:9/devstoreaccount1"), "a", b"")
    assert "doesn't answer" in str(explain(refused.value, "gold.dim_store"))


def test_an_account_that_is_not_there_is_told() -> None:
    store = AzureStore("lake", account_name="nosuchaccount", bearer_token="token", retry_config={"max_retries": 0})
    with pytest.raises(Exception, match="nosuchaccount") as refused:
        obstore.put(store, "a", b"")
    assert explain(refused.value, "x").what.startswith(("there is no storage account", "the storage account doesn't"))


def test_a_secret_that_has_expired_is_told() -> None:
    """As Microsoft Entra words it (AADSTS7000222)."""
    said = "AADSTS7000222: The provided client secret keys for app '...' are expired."
    assert "the credential for the storage account has expired" in str(explain(OSError(said), "x"))


@pytest.mark.parametrize("text", ["BlobNotFound", "connection refused", "division by zero at line 503"])
def test_what_others_say_is_no_refusal(text: str) -> None:
    assert not is_of_storage(OSError(text))


def test_the_root_of_an_error_alone_is_enough() -> None:
    """Which is what the engine passes on where it writes."""
    root = RuntimeError("Server returned non-2xx status code: 403 Forbidden: <Code>AuthorizationFailure</Code>")
    assert "refuses this identity, or this network" in str(explain(root, "silver.order"))
