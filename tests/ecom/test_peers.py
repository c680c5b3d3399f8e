"""What a service makes of the other one's answers."""

import time
from typing import Any, cast

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from ecom.keys import key_store
from ecom.peers import PeerUnavailable
from ecom.peers.asking import Peer
from ecom.peers.http import PeerClient
from ecom.peers.remote_keys import REFRESH_AFTER, RETRY_AFTER, RemoteKeys
from ecom.peers.revocations import RevocationFeed
from tests.ecom.secrets.aws import silent


class ClientStub:
    """A PeerClient whose answer a test chooses."""

    base_url = "http://accounts.shop.internal"

    def __init__(self, status: int = 200, body: str = "") -> None:
        self.asked = 0
        self.answer = requests.Response()
        self.answer.status_code = status
        self.answer._content = body.encode()

    def get(self, path: str) -> requests.Response:
        self.asked += 1
        return self.answer


def remote_keys(client: ClientStub) -> RemoteKeys:
    return RemoteKeys(cast(PeerClient, client), "/jwks.json")


NO_JWK_SETS = ["<html>", "[]", "{}", '{"keys": 1}', '{"keys": [1]}']
BROKEN_KEY = '{"keys": [{"kty": "RSA", "use": "sig", "kid": "a", "n": "?", "e": ""}]}'


@pytest.mark.parametrize("body", [*NO_JWK_SETS, BROKEN_KEY])
def test_an_answer_that_is_no_jwk_set_leaves_the_keys_as_they_are(
    monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr("ecom.peers.remote_keys.RETRY_AFTER", -1)
    published = key_store.load().published()
    client = ClientStub()
    monkeypatch.setattr(client.answer, "json", lambda: published)
    keys = remote_keys(client)
    kid = published["keys"][0]["kid"]
    assert keys.find_key(kid) is not None
    client.answer = ClientStub(body=body).answer
    assert keys.find_key("another") is None
    assert keys.find_key(kid) is not None


def test_unknown_keys_are_looked_for_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tokens name one: anybody can make such tokens."""
    now = 1000.0
    monkeypatch.setattr("ecom.peers.remote_keys.time.monotonic", lambda: now)
    client = ClientStub()
    monkeypatch.setattr(client.answer, "json", lambda: key_store.load().published())
    keys = remote_keys(client)
    for _ in range(100):
        assert keys.find_key("unknown") is None
    assert client.asked == 1
    now += RETRY_AFTER + 1
    for _ in range(100):
        assert keys.find_key("unknown") is None
    assert client.asked == 2
    now += RETRY_AFTER + 1
    assert keys.find_key(key_store.load().active.key_id or "") is not None
    assert client.asked == 2
    now += REFRESH_AFTER
    assert keys.find_key(key_store.load().active.key_id or "") is not None
    assert client.asked == 3


def test_no_keys_yet() -> None:
    with pytest.raises(PeerUnavailable):
        remote_keys(ClientStub(body="<html>")).find_key("any")


def test_the_feed_outlives_whatever_a_fetch_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = RevocationFeed(cast(Peer, None))
    fetches: list[int] = []

    def refresh() -> None:
        fetches.append(1)
        if len(fetches) == 3:
            raise SystemExit  # ends the thread
        raise PeerUnavailable if len(fetches) == 1 else ValueError("nonsense")

    monkeypatch.setattr(feed, "refresh", refresh)
    monkeypatch.setattr("ecom.peers.revocations.INTERVAL", 0)
    with pytest.raises(SystemExit):
        feed._run()
    assert len(fetches) == 3


class AccountsStub:
    """A Peer that revokes what a test says."""

    def __init__(self) -> None:
        self.up = True
        self.known: list[str] = []
        self.answer: dict[str, Any] = {"digest": "1", "sids": [], "gens": {}}

    def ask(self, scope: str, path: str, *, known: str) -> dict[str, Any]:
        self.known.append(known)
        if not self.up:
            raise PeerUnavailable
        return self.answer


@pytest.fixture
def accounts() -> AccountsStub:
    return AccountsStub()


@pytest.fixture
def feed(accounts: AccountsStub, monkeypatch: pytest.MonkeyPatch) -> RevocationFeed:
    """It fetches when a test says so."""
    feed = RevocationFeed(cast(Peer, accounts))
    monkeypatch.setattr(feed, "start", feed._first.set)
    return feed


def test_no_list_yet(feed: RevocationFeed) -> None:
    with pytest.raises(PeerUnavailable):
        feed.current()


def test_list_is_kept_as_long_as_an_access_token_lives(
    feed: RevocationFeed, accounts: AccountsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    feed.refresh()
    accounts.up = False
    with pytest.raises(PeerUnavailable):
        feed.refresh()
    now += 30 * 60 - 1
    assert feed.current().sids == frozenset()
    now += 2
    with pytest.raises(PeerUnavailable):
        feed.current()


def test_list_that_is_known_is_not_sent_again(feed: RevocationFeed, accounts: AccountsStub) -> None:
    accounts.answer |= {"digest": "2", "sids": ["sid"], "gens": {"id": 3}}
    feed.refresh()
    accounts.answer = {"digest": "2"}
    feed.refresh()
    assert accounts.known == ["", "2"]
    assert feed.current().sids == {"sid"}
    assert feed.current().gens == {"id": 3}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"digest": "2"},
        {"digest": "2", "sids": "sid", "gens": {}},
        {"digest": "2", "sids": [], "gens": []},
        {"digest": "2", "sids": [], "gens": {"id": "7"}},
    ],
)
def test_answer_without_a_list(
    feed: RevocationFeed, accounts: AccountsStub, answer: dict[str, Any]
) -> None:
    accounts.answer = answer
    with pytest.raises(PeerUnavailable):
        feed.refresh()


def test_silence_is_bounded() -> None:
    with silent() as url:
        began = time.monotonic()
        with pytest.raises(PeerUnavailable):
            PeerClient("ACCOUNTS_URL", url).get("/")
        assert time.monotonic() - began < 10


def test_failed_calls_are_logged_without_the_path(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = PeerClient("ACCOUNTS_URL", "http://accounts.shop.internal")
    monkeypatch.setattr(client.session, "request", lambda *args, **options: ClientStub(500).answer)
    with pytest.raises(PeerUnavailable):
        client.get("/accounts/peer/accounts/anna/")
    assert "accounts.shop.internal: 500" in caplog.text
    assert "anna" not in caplog.text


def test_calls_over_the_private_network_are_not_sent_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/nowhere").status_code == 301
    for path in (
        "/.well-known/jwks.json",
        "/accounts/peer/revocations/",
        "/catalog/peer/jwks.json",
        "/catalog/peer/withdrawals/",
    ):
        assert Client().get(path).status_code != 301
