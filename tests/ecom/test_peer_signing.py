"""Whose word a service takes, and for what: at each of the endpoints that it has for the other."""

import json
import time
from collections.abc import Callable
from typing import Any, cast

import jwt
import pytest
import requests
from django.http import HttpResponse
from pytest_django import Settings
from rest_framework.test import APIRequestFactory

from accounts import peer_views as at_accounts
from catalog import peer_views as at_catalog
from ecom.peers import PeerUnavailable
from ecom.peers.asking import Peer
from ecom.peers.http import PeerClient
from ecom.peers.signing import LEEWAY, digest, verify
from ecom.peers.views import PeerView
from tests.ecom.peer import OtherService

OWNER = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
BODIES: dict[str, dict[str, str]] = {
    "revocations": {"known": ""},
    "staff-sign-in": {"email": "a@example.com", "password": "wrong", "address": "192.0.2.1"},
    "find-account": {"handle": "anna"},
    "withdraw-items": {"owner_id": OWNER},
}
WRONG: dict[str, dict[str, Any]] = {
    "another operation": {"scope": "something-else"},
    "another service's": {"iss": "router"},
    "for another service": {"aud": "router"},
    "expired": {"exp": int(time.time()) - LEEWAY - 1},
    "from the future": {"iat": int(time.time()) + 3600},
    "without an end": {"exp": None},
    "without a number": {"jti": None},
}
BODY: dict[str, dict[str, Any]] = {
    "for another body": {"body": digest(b"{}")},
    "for any body": {"body": None},
}
VIEWS: list[type[PeerView]] = [
    at_accounts.Revocations,
    at_accounts.StaffSignIn,
    at_accounts.AccountByHandle,
    at_catalog.WithdrawalsView,
]
Ask = Callable[..., HttpResponse]


@pytest.fixture(params=VIEWS, ids=lambda view: view.peer_scope)
def view(request: pytest.FixtureRequest) -> type[PeerView]:
    return cast("type[PeerView]", request.param)


@pytest.fixture
def asking(view: type[PeerView]) -> OtherService:
    return OtherService(view.peer)


@pytest.fixture
def ask(
    view: type[PeerView],
    asking: OtherService,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    transactional_db: None,
) -> Ask:
    """The view's answer to a request with that token."""
    settings.SERVICE_NAME = "accounts" if view.peer == "catalog" else "catalog"
    monkeypatch.setattr(view, "peer_keys", lambda self: asking)
    monkeypatch.setattr("catalog.peer_views.forget_staff", lambda owner_id: None)

    def ask(token: str) -> HttpResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = APIRequestFactory().generic(
            "POST", "/", body_for(view).decode(), "application/json", headers=headers
        )
        return cast(HttpResponse, view.as_view()(request))

    return ask


def body_for(view: type[PeerView]) -> bytes:
    return json.dumps(BODIES[view.peer_scope]).encode()


def signed_for(view: type[PeerView]) -> dict[str, str]:
    return {"body": digest(body_for(view))}


def test_right(ask: Ask, asking: OtherService, view: type[PeerView], settings: Settings) -> None:
    """The answer is signed for who asked, and for this request."""
    scope, service = view.peer_scope, settings.SERVICE_NAME
    response = ask(asking.sign(service, scope, jti="request-7", **signed_for(view)))
    assert response.status_code == 200
    claims = jwt.decode(response.content, options={"verify_signature": False})
    expected = {"iss": service, "aud": asking.name, "scope": scope, "jti": "request-7"}
    assert {name: claims[name] for name in expected} == expected


@pytest.mark.parametrize("wrong", [*WRONG.values(), *BODY.values()], ids=[*WRONG, *BODY])
def test_wrong(
    ask: Ask,
    asking: OtherService,
    view: type[PeerView],
    settings: Settings,
    wrong: dict[str, Any],
) -> None:
    claims = {"scope": view.peer_scope, **signed_for(view)} | wrong
    assert ask(asking.sign(settings.SERVICE_NAME, **claims)).status_code == 401


def test_signed_with_another_key(
    ask: Ask, asking: OtherService, view: type[PeerView], settings: Settings
) -> None:
    stranger = OtherService(asking.name)
    for kid in ("", asking.keys.active.key_id or ""):  # under its own name, or the other's
        token = stranger.sign(settings.SERVICE_NAME, view.peer_scope, kid, **signed_for(view))
        assert ask(token).status_code == 401


@pytest.mark.parametrize("token", ["", "e30.e30.x", "é"])
def test_not_signed(ask: Ask, token: str) -> None:
    assert ask(token).status_code == 401


class Answering:
    """A PeerClient whose service answers what a test makes of the request's token."""

    def __init__(self, answer: Callable[[str], str], status: int = 200) -> None:
        self.answer = answer
        self.status = status

    def post(self, path: str, token: str, body: bytes) -> requests.Response:
        response = requests.Response()
        response.status_code = self.status
        response._content = self.answer(token).encode()
        return response


def asked(service: OtherService, answer: Callable[[str], str], status: int = 200) -> dict[str, Any]:
    client = cast(PeerClient, Answering(answer, status))
    return Peer(service.name, client, service).ask("find-account", "/", handle="anna")


def number_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


def test_answer(settings: Settings) -> None:
    settings.SERVICE_NAME = "catalog"
    accounts = OtherService("accounts")

    def answer(token: str) -> str:
        asking = jwt.decode(token, options={"verify_signature": False})
        assert (asking["iss"], asking["aud"]) == ("catalog", "accounts")
        assert asking["body"] == digest(b'{"handle": "anna"}')
        return accounts.sign("catalog", "find-account", jti=asking["jti"], id=OWNER)

    assert asked(accounts, answer)["id"] == OWNER


@pytest.mark.parametrize("wrong", [*WRONG.values(), {"jti": "played back"}], ids=[*WRONG, "older"])
def test_answer_that_is_none(settings: Settings, wrong: dict[str, Any]) -> None:
    settings.SERVICE_NAME = "catalog"
    accounts = OtherService("accounts")

    def answer(token: str) -> str:
        claims = {"scope": "find-account", "jti": number_of(token), "id": OWNER} | wrong
        return accounts.sign(**{"audience": "catalog", **claims})

    with pytest.raises(PeerUnavailable):
        asked(accounts, answer)


@pytest.mark.parametrize("status", [200, 202, 304, 403, 404])
def test_answer_that_is_not_signed(status: int) -> None:
    """Whatever its status says: somebody else may have sent it."""
    with pytest.raises(PeerUnavailable):
        asked(OtherService("accounts"), lambda token: "", status)


def test_clocks_may_differ_a_little(settings: Settings) -> None:
    settings.SERVICE_NAME = "catalog"
    accounts = OtherService("accounts")
    ahead = int(time.time()) + LEEWAY - 1
    token = accounts.sign("catalog", "find-account", iat=ahead, exp=ahead + 60)
    assert verify(token, accounts, "accounts", "find-account")


def test_unknown_key() -> None:
    token = OtherService("accounts").sign("catalog", "find-account")
    with pytest.raises(jwt.InvalidTokenError, match="no such key"):
        verify(token, OtherService("accounts"), "accounts", "find-account")
