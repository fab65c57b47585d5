"""A login app, with a provider of its own for each test. The app is Authlib's with Flask; yours is started likewise."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mock_idp import MockIdp, MockIdpError

APP = Path(__file__).parents[4] / "e2e/apps/flask-authlib/app.py"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def app(mock_idp: MockIdp) -> Iterator[httpx.Client]:
    """Somebody in front of the app, which is set up for the test's provider."""
    port = free_port()
    url = f"http://localhost:{port}"
    client = mock_idp.register(redirect_uri=f"{url}/callback/first")
    settings = {
        "PORT": str(port),
        "SECRET_KEY": "made up for a test, and known to all",
        "CLIENT_ID": client["client_id"],
        "CLIENT_SECRET": client.get("client_secret") or "",
        "DISCOVERY_URL": mock_idp.discovery_url,
        "REDIRECT_URI": f"{url}/callback/first",
    }
    settings |= {f"SECOND_{name}": settings[name] for name in ("CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL", "REDIRECT_URI")}
    process = subprocess.Popen([sys.executable, APP], env=os.environ | settings, stderr=subprocess.DEVNULL)
    with httpx.Client(base_url=url, follow_redirects=True, trust_env=False) as browser:
        while process.poll() is None:
            try:
                browser.get("/")
                break
            except httpx.ConnectError:
                time.sleep(0.02)
        yield browser
    process.terminate()
    process.wait()


def test_somebody_is_welcomed(app: httpx.Client, mock_idp: MockIdp) -> None:
    mock_idp.set_auto_login(auto_login="alice")
    assert "Welcome, Alice Example!" in app.get("/login/first").text
    exchanges = mock_idp.requests(place="token")["exchanges"]
    assert len(exchanges) == 1
    mock_idp.assert_(question="scope_has_openid")


def test_an_id_token_of_another_login_lets_nobody_in(app: httpx.Client, mock_idp: MockIdp) -> None:
    mock_idp.set_auto_login(auto_login="alice")
    mock_idp.tell(
        "id_token_claims", {"set": {"member": "nonce", "value": {"literal": "another"}}}, count={"times": 1}
    )
    assert app.get("/login/first").status_code == 500
    assert "Nobody is logged in" in app.get("/").text
    assert "Welcome, Alice Example!" in app.get("/login/first").text


def test_what_is_refused_says_why(mock_idp: MockIdp) -> None:
    with pytest.raises(MockIdpError, match="fault"):
        mock_idp.tell("discovery", {"omit": {"member": "issuer"}}, match={"persona": "alice"})
    mock_idp.clock_freeze()
    before = mock_idp.clock_now()["unix_seconds"]
    assert mock_idp.clock_advance(seconds=7200)["unix_seconds"] == before + 7200
