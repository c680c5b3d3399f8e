import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Session, User
from ecom.tokens import AccessToken
from tests.accounts.conftest import bearer, sign_in

URL = "/accounts/introspect/"


def test_own_token(owner: User) -> None:
    access = sign_in(owner)["access"]
    response = bearer(access).post(URL, {"token": access})
    assert response.status_code == 200
    token = AccessToken(access)
    assert response.json() == {
        "active": True,
        "token_type": "Bearer",
        "username": "owner",
        "sub": str(owner.id),
        "sid": str(Session.objects.get().sid),
        "iss": "little-ecom",
        "aud": "little-ecom",
        "jti": token["jti"],
        "iat": token["iat"],
        "exp": token["exp"],
    }


def test_form_encoded_as_rfc_7662_has_it(as_owner: APIClient, owner: User) -> None:
    response = as_owner.post(
        URL,
        f"token={sign_in(owner)['access']}",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.json()["active"] is True


def test_somebody_elses_looks_like_an_unknown_one(as_owner: APIClient, other: User) -> None:
    response = as_owner.post(URL, {"token": sign_in(other)["access"]})
    assert response.json() == {"active": False}


def test_staff_may_ask_about_anybodys(staff: User, owner: User) -> None:
    client = bearer(sign_in(staff)["access"])
    response = client.post(URL, {"token": sign_in(owner)["access"]})
    assert (response.json()["active"], response.json()["username"]) == (True, "owner")


@pytest.mark.parametrize("event", ["end", "expiry", "revocation", "lock", "close"])
def test_not_active_after(staff: User, owner: User, event: str) -> None:
    client = bearer(sign_in(staff)["access"])
    token = sign_in(owner)["access"]
    session = Session.objects.get(user=owner)
    match event:
        case "end":
            session.end()
        case "expiry":
            owner.sessions.update(expires_at=timezone.now())
        case "revocation":
            owner.revoke_tokens()
        case "lock":
            owner.lock()
        case "close":
            owner.close()
    assert client.post(URL, {"token": token}).json() == {"active": False}


def test_a_refresh_token_is_active_until_used(
    client: APIClient, as_owner: APIClient, owner: User
) -> None:
    refresh = sign_in(owner)["refresh"]
    assert as_owner.post(URL, {"token": refresh}).json()["active"] is True
    client.post("/accounts/refresh/", {"refresh": refresh})
    assert as_owner.post(URL, {"token": refresh}).json() == {"active": False}


@pytest.mark.parametrize("token", ["x", "a.b.c"])
def test_malformed_token(as_owner: APIClient, token: str) -> None:
    assert as_owner.post(URL, {"token": token}).json() == {"active": False}


def test_invalid(as_owner: APIClient) -> None:
    assert as_owner.post(URL, {}).status_code == 400
    assert as_owner.post(URL, {"token": 1}).status_code == 400


def test_no_token(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"token": sign_in(owner)["access"]})
    assert response.status_code == 401
    assert "active" not in response.json()
