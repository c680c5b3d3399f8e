"""What a service makes of the other one's answers."""

from typing import cast

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from ecom.keys import key_store
from ecom.peers import PeerUnavailable
from ecom.peers.accounts import AccountsOverHTTP
from ecom.peers.http import PeerClient
from ecom.peers.remote_keys import RemoteKeys
from ecom.peers.revocations import RevocationFeed


class ClientStub:
    """A PeerClient whose answer a test chooses."""

    base_url = "http://accounts.shop.internal"

    def __init__(self, status: int = 200, body: str = "") -> None:
        self.answer = requests.Response()
        self.answer.status_code = status
        self.answer._content = body.encode()

    def get(self, path: str, **options: object) -> requests.Response:
        return self.answer

    post = get


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


def test_no_keys_yet() -> None:
    with pytest.raises(PeerUnavailable):
        remote_keys(ClientStub(body="<html>")).find_key("any")


def test_the_feed_outlives_whatever_a_fetch_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = RevocationFeed(cast(PeerClient, ClientStub()), remote_keys(ClientStub()))
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


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_only_a_403_means_wrong_credentials(settings: Settings, status: int) -> None:
    settings.ACCOUNTS_URL = "http://accounts.shop.internal"
    accounts = AccountsOverHTTP()
    accounts.client = cast(PeerClient, ClientStub(403))
    assert accounts.sign_in_staff("staff@example.com", "wrong password", "192.0.2.1") is None
    accounts.client = cast(PeerClient, ClientStub(status, "{}"))
    with pytest.raises(PeerUnavailable):
        accounts.sign_in_staff("staff@example.com", "right password", "192.0.2.1")


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
