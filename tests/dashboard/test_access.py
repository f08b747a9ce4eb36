"""Who may look: nobody from elsewhere without a token or a proxy, and on loopback no name that isn't loopback's."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shoplake.dashboard.access import VARIABLE, Access, access_of, audience_of
from shoplake.dashboard.open import Ready
from shoplake.dashboard.server import app_of
from shoplake.dashboard.view import View
from shoplake.errors import DeclarationError
from tests.conftest import Shop

TOKEN = "a-token-of-letters-and-digits-1234"


def client(view: View, access: Access, host: str = "127.0.0.1:8050") -> TestClient:
    app = app_of(lambda: view, audience_of(access, False), access)
    return TestClient(app, base_url=f"http://{host}", follow_redirects=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_is_for_the_owner(host: str) -> None:
    access = access_of(host, None, "", {})
    assert access == Access(True)
    assert audience_of(access, False) == "analyst"
    assert audience_of(access, True) == "shared"
    assert audience_of(access_of(host, None, "X-User", {}), False) == "shared"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "shop.example", "localhost.example"])
def test_other_addresses_need_a_token_or_a_proxy(host: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="could look at everything.*--token-file"):
        access_of(host, None, "", {})
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", "utf-8")
    for access in (
        access_of(host, file, "", {}),
        access_of(host, None, "", {VARIABLE: TOKEN}),
        access_of(host, None, "X-User", {}),
    ):
        assert audience_of(access, False) == "shared"
        assert not access.is_loopback
    assert access_of(host, file, "", {VARIABLE: "another token altogether"}).token == TOKEN


@pytest.mark.parametrize("token", ["", "short", "fifteen-letters", "sixteen-lettérs!!", "sixteen letters\nand more"])
def test_a_token_must_be_long_and_plain(token: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token, "utf-8")
    with pytest.raises(DeclarationError, match="token"):
        access_of("127.0.0.1", file, "", {})
    with pytest.raises(DeclarationError, match="can't be read"):
        access_of("127.0.0.1", tmp_path / "none", "", {})


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8050", 200), ("localhost", 200), ("[::1]:8050", 200), ("evil.example", 421), ("127.0.0.1.evil", 421)],
)
def test_on_loopback_the_host_is_loopback(view: View, host: str, status: int) -> None:
    """Else a page from elsewhere could have its own name point here, and read (DNS rebinding)."""
    asked = client(view, Access(True))
    for path in ("/overview", "/static/dashboard.js", "/overview/ages.csv"):
        assert asked.get(path, headers={"Host": host}).status_code == status


def test_a_token_is_given_once(view: View) -> None:
    asked = client(view, Access(False, TOKEN), "shop.example")
    for path in ("/", "/overview", "/static/dashboard.css", "/static/charts.js", "/overview/ages.csv", "/none"):
        refused = asked.get(path)
        assert refused.status_code == 401
        assert "Net sales" not in refused.text
    assert asked.get(f"/overview?token={TOKEN[:-1]}").status_code == 401
    assert "set-cookie" not in asked.get("/overview?token=").headers
    entered = asked.get(f"/overview?period=all&token={TOKEN}")
    assert entered.status_code == 303
    assert entered.headers["location"] == "/overview?period=all"
    cookie = entered.headers["set-cookie"]
    assert TOKEN not in cookie
    assert re.search(r"HttpOnly.*SameSite=strict", cookie)
    assert "Net sales" in asked.get("/overview").text  # with the cookie
    asked.cookies.clear()
    name, _, value = cookie.partition(";")[0].partition("=")
    assert asked.get("/overview", headers={"Cookie": f"{name}={value[:-1]}"}).status_code == 401
    assert asked.get("/overview", headers={"Cookie": f"{name}={TOKEN}"}).status_code == 401


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "///evil.example/x"])
def test_a_redirect_stays_here(view: View, path: str) -> None:
    asked = client(view, Access(False, TOKEN), "shop.example")
    entered = asked.get(f"http://shop.example{path}?token={TOKEN}")
    assert re.match(r"/(?![/\\])", entered.headers["location"])


def test_a_proxy_says_who_it_is(view: View) -> None:
    asked = client(view, Access(False, header="X-Forwarded-User"), "shop.example")
    assert asked.get("/overview").status_code == 401
    assert asked.get("/overview", headers={"X-Forwarded-User": " "}).status_code == 401
    assert asked.get("/overview", headers={"X-Other": "ann"}).status_code == 401
    told = asked.get("/overview", headers={"x-forwarded-user": "ann"})
    assert told.status_code == 200
    assert "For everybody" in told.text


def test_the_command_says_what_holds(hand_shop: Shop, ready: Ready, tmp_path: Path) -> None:
    """It refuses to be open to anybody; else it tells audience and access, and listens where it was told to."""
    command = [sys.executable, "-m", "shoplake", "-p", str(hand_shop.project.folder), "dashboard", "--port", "0"]
    refused = subprocess.run([*command, "--host", "0.0.0.0"], capture_output=True, text=True, check=False)
    assert refused.returncode == 3
    assert "--trusted-header" in refused.stderr
    (tmp_path / "token").write_text(TOKEN, "utf-8")
    started = subprocess.Popen(
        [*command, "--host", "0.0.0.0", "--token-file", str(tmp_path / "token")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        lines = [started.stdout.readline() for _ in range(3)]
        port = re.match(r"http://0\.0\.0\.0:(\d+)/", lines[0])
        assert port
        assert "everybody" in lines[1]
        assert "token" in lines[2]
        assert TOKEN not in "".join(lines)
        socket.create_connection(("127.0.0.1", int(port[1])), timeout=10).close()
    finally:
        started.terminate()
        started.communicate()
