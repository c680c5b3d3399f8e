from unittest.mock import Mock

import pytest
from django.contrib.auth.hashers import get_hasher
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.tokens import RefreshToken
from ecom.tokens import AccessToken
from tests.accounts.conftest import PASSWORD, accepted

URL = "/accounts/sign-in/"


def test_answers_with_tokens_of_a_new_session(client: APIClient, owner: User) -> None:
    response = client.post(
        URL,
        {"email": "OWNER@example.com", "password": PASSWORD},
        headers={"user-agent": "Firefox"},
        REMOTE_ADDR="203.0.113.7",
    )
    assert response.status_code == 200
    assert set(response.json()) == {"access", "refresh"}
    assert "no-store" in response["Cache-Control"]
    session = Session.objects.get(user=owner)
    assert (session.address, session.user_agent) == ("203.0.113.7", "Firefox")
    access, refresh = (
        AccessToken(response.json()["access"]),
        RefreshToken(response.json()["refresh"]),
    )
    assert access.principal == refresh.principal == session.principal
    assert session.refresh_digest == refresh.digest
    assert accepted(response.json()["access"])


def test_the_refresh_token_itself_is_not_stored(client: APIClient, owner: User) -> None:
    refresh = client.post(URL, {"email": owner.email, "password": PASSWORD}).json()["refresh"]
    row = Session.objects.values().get()
    assert RefreshToken(refresh)["jti"] not in str(row)


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com", "not an address"])
def test_wrong_password_and_unknown_email_answer_alike(
    client: APIClient, owner: User, email: str
) -> None:
    response = client.post(URL, {"email": email, "password": "wrong password"})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    body = response.json()
    assert body["code"] == "wrong_credentials"
    assert body["detail"] == "The e-mail address or the password is wrong."
    assert not Session.objects.exists()


@pytest.mark.parametrize("state", ["wrong", "unknown", "locked", "closed"])
def test_every_refusal_costs_one_hash(
    client: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    if state == "locked":
        owner.lock()
    if state == "closed":
        owner.close()
    hasher = type(get_hasher())
    counted = {name: Mock(wraps=getattr(hasher(), name)) for name in ("encode", "verify")}
    for name, method in counted.items():
        monkeypatch.setattr(hasher, name, method)
    email = "nobody@example.com" if state == "unknown" else "owner@example.com"
    password = "wrong password" if state == "wrong" else PASSWORD
    assert client.post(URL, {"email": email, "password": password}).status_code == 401
    assert sum(method.call_count for method in counted.values()) == 1


@pytest.mark.parametrize("body", [{}, {"email": "owner@example.com"}, {"password": PASSWORD}, []])
def test_incomplete(client: APIClient, owner: User, body: object) -> None:
    response = client.post(URL, body)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"


def test_a_bad_token_does_not_spoil_it(owner: User) -> None:
    client = APIClient(HTTP_AUTHORIZATION="Bearer None")
    response = client.post(URL, {"email": owner.email, "password": PASSWORD})
    assert response.status_code == 200
