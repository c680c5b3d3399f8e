"""manage.py check_peers, asked over real sockets."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ecom.keys import KeySet
from ecom.management.commands import check_peers
from tests.documentdb_server.certificates import self_signed
from tests.ecom.secrets.aws import black_hole, refused, silent, speaking_tls
from tests.live.server import Server

Ask = Callable[..., str]
KEYS = json.dumps(KeySet.generate().published())


class Peer(ThreadingHTTPServer):
    """Answers each request with the next of `answers`, the last one for ever."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Peer

    def do_GET(self) -> None:
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked.append(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def answering(*answers: tuple[int, str]) -> Iterator[Peer]:
    with Peer(*answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def ask(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Ask:
    """As the catalog would; what the command says, which is never a traceback."""
    settings.ACCOUNTS_PEER = "ecom.peers.accounts.AccountsOverHTTP"
    settings.CATALOG_PEER = "catalog.peer.CatalogInProcess"

    def ask(url: str, patience: float = 0) -> str:
        settings.ACCOUNTS_URL = url
        call_command("check_peers", patience=patience)
        return capsys.readouterr().out

    return ask


def fault(ask: Ask, url: str) -> str:
    began = time.monotonic()
    with pytest.raises(CommandError) as raised:
        ask(url)
    assert time.monotonic() - began < 10
    text = str(raised.value)
    assert text.startswith("ACCOUNTS_URL ")
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_it_answers(ask: Ask) -> None:
    with answering((200, KEYS)) as peer:
        assert ask(peer.url) == f"ACCOUNTS_URL {peer.url}: answers, keys: 2.\n"
        assert peer.asked == ["/.well-known/jwks.json"]


def test_each_peer_is_said(
    ask: Ask, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that answers, and the one that does not."""
    settings.CATALOG_PEER = "ecom.peers.catalog.CatalogOverHTTP"
    settings.CATALOG_URL = refused()
    with answering((200, KEYS)) as peer, pytest.raises(CommandError) as raised:
        ask(peer.url)
    assert capsys.readouterr().out == f"ACCOUNTS_URL {peer.url}: answers, keys: 2.\n"
    assert str(raised.value).startswith(f"CATALOG_URL {settings.CATALOG_URL}: ")


@pytest.mark.parametrize(
    ("status", "body", "parts"),
    [
        (400, "", ["/.well-known/jwks.json with 400", "put 127.0.0.1 into ALLOWED_HOSTS"]),
        (404, "", ["with 404", "another program answers", "load balancer"]),
        (301, "", ["with 301, a redirect", "https"]),
        (403, "", ["with 403", "another program answers"]),
        (502, "", ["with 502", "whether the service runs"]),
        (200, "<html>", ["no set of public keys", "another program answers"]),
        (200, "[]", ["no set of public keys"]),
        (200, '{"keys": []}', ["publishes no keys", "SIGNING_KEYS"]),
    ],
)
def test_a_wrong_answer(ask: Ask, status: int, body: str, parts: list[str]) -> None:
    with answering((status, body)) as peer:
        text = fault(ask, peer.url)
    assert all(part in text for part in parts), text


def test_no_such_name(ask: Ask) -> None:
    text = fault(ask, "http://accounts.production.shop.invalid:8000")
    assert "the name accounts.production.shop.invalid does not resolve" in text


def test_refused(ask: Ask) -> None:
    url = refused()
    assert f"{url.removeprefix('http://')} refuses the connection" in fault(ask, url)


def test_no_connection(ask: Ask) -> None:
    with black_hole() as url:
        text = fault(ask, url)
    assert "did not accept a connection within 1 s" in text
    assert "security group" in text


def test_no_answer(ask: Ask) -> None:
    with silent() as url:
        assert "took the connection and did not answer within 3 s" in fault(ask, url)


def test_an_unknown_certificate(ask: Ask, tmp_path: Path) -> None:
    with speaking_tls(self_signed(tmp_path)) as url:
        assert "is not trusted" in fault(ask, url)


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("", "ACCOUNTS_URL is not set."),
        ("accounts:8000", "which is no URL."),
        ("http://127.0.0.1:8000", "is that container itself"),
        ("http://accounts.default.svc.cluster.local:8000", "only Kubernetes knows names like"),
    ],
)
def test_what_cannot_be_an_address(ask: Ask, settings: Settings, url: str, part: str) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match=part):
        ask(url)


def test_patience(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again while it starts, and no more once it answers."""
    monkeypatch.setattr(check_peers, "INTERVAL", 0.01)
    with answering((503, ""), (404, ""), (200, KEYS)) as peer:
        assert "answers" in ask(peer.url, patience=30)
        assert len(peer.asked) == 3


def test_patience_ends(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_peers, "INTERVAL", 0.01)
    with answering((503, "")) as peer:
        with pytest.raises(CommandError, match="with 503"):
            ask(peer.url, patience=0.1)
        assert len(peer.asked) > 1


def test_without_patience_it_is_asked_once(ask: Ask) -> None:
    with answering((503, "")) as peer:
        fault(ask, peer.url)
        assert len(peer.asked) == 1


def test_the_monolith(tmp_path: Path) -> None:
    server = Server(tmp_path, f"sqlite:///{tmp_path}/file")
    done = server.manage("check_peers")
    assert (done.returncode, done.stdout) == (0, "This process calls no other service.\n")


def test_from_outside(tmp_path: Path) -> None:
    variables = {"DJANGO_SETTINGS_MODULE": "ecom.settings.catalog", "ACCOUNTS_URL": refused()}
    done = Server(tmp_path, f"sqlite:///{tmp_path}/file", **variables).manage("check_peers")
    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: ACCOUNTS_URL {variables['ACCOUNTS_URL']}: ")
    assert len(done.stderr.splitlines()) == 1
