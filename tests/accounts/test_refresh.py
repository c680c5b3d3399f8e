from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.tokens import RefreshToken
from tests.accounts.conftest import accepted, sign_in

URL = "/accounts/refresh/"


def later(seconds: float) -> None:
    """As if the last rotation had been so long ago."""
    Session.objects.update(rotated_at=timezone.now() - timedelta(seconds=seconds))


def test_rotates(client: APIClient, owner: User) -> None:
    tokens = sign_in(owner)
    before = Session.objects.get()
    response = client.post(URL, {"refresh": tokens["refresh"]})
    assert response.status_code == 200
    assert set(response.json()) == {"access", "refresh"}
    assert response.json()["refresh"] != tokens["refresh"]
    assert accepted(response.json()["access"])
    session = Session.objects.get()
    assert session.refresh_digest == RefreshToken(response.json()["refresh"]).digest
    assert session.expires_at > before.expires_at
    assert session.last_used_at > before.last_used_at


def test_a_chain_of_rotations(client: APIClient, owner: User) -> None:
    refresh = sign_in(owner)["refresh"]
    for _ in range(3):
        response = client.post(URL, {"refresh": refresh})
        assert response.status_code == 200
        refresh = response.json()["refresh"]
        later(60)
    assert Session.objects.get().ended_at is None


def test_reuse_ends_the_session(client: APIClient, owner: User) -> None:
    used = sign_in(owner)["refresh"]
    fresh = client.post(URL, {"refresh": used}).json()
    later(11)
    response = client.post(URL, {"refresh": used})
    assert response.status_code == 401
    assert response.json()["code"] == "token_not_valid"
    assert Session.objects.get().ended_at is not None
    assert not accepted(fresh["access"])
    assert client.post(URL, {"refresh": fresh["refresh"]}).status_code == 401


def test_reuse_leaves_other_sessions_alone(client: APIClient, owner: User) -> None:
    used, untouched = sign_in(owner)["refresh"], sign_in(owner)
    client.post(URL, {"refresh": used})
    later(11)
    client.post(URL, {"refresh": used})
    assert accepted(untouched["access"])


def test_two_tabs_within_the_grace_go_on_alike(client: APIClient, owner: User) -> None:
    used = sign_in(owner)["refresh"]
    first = client.post(URL, {"refresh": used}).json()
    later(9)
    second = client.post(URL, {"refresh": used})
    assert second.status_code == 200
    assert accepted(first["access"])
    assert accepted(second.json()["access"])
    later(60)
    # Whichever of the two tokens the browser kept is the one that is due.
    assert client.post(URL, {"refresh": first["refresh"]}).status_code == 200
    assert RefreshToken(first["refresh"])["jti"] == RefreshToken(second.json()["refresh"])["jti"]


def test_the_grace_covers_the_last_token_only(client: APIClient, owner: User) -> None:
    oldest = sign_in(owner)["refresh"]
    old = client.post(URL, {"refresh": oldest}).json()["refresh"]
    client.post(URL, {"refresh": old})
    assert client.post(URL, {"refresh": oldest}).status_code == 401
    assert Session.objects.get().ended_at is not None


def test_an_access_token_does_not_refresh(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"refresh": sign_in(owner)["access"]})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert Session.objects.get().rotated_at is None


@pytest.mark.parametrize("event", ["end", "expiry", "revocation", "lock", "close"])
def test_not_after(client: APIClient, owner: User, event: str) -> None:
    refresh = sign_in(owner)["refresh"]
    session = Session.objects.get()
    match event:
        case "end":
            session.end()
        case "expiry":
            Session.objects.update(expires_at=timezone.now())
        case "revocation":
            owner.revoke_tokens()
        case "lock":
            owner.lock()
        case "close":
            owner.close()
    assert client.post(URL, {"refresh": refresh}).status_code == 401


def test_a_session_that_ends_meanwhile_does_not_rotate(owner: User) -> None:
    refresh = RefreshToken(sign_in(owner)["refresh"])
    stale = Session.objects.get()
    Session.objects.get().end()
    assert not stale.rotate(refresh.digest, "the next digest")
    assert Session.objects.get().refresh_digest == refresh.digest


def test_new_tokens_tell_the_present_state(client: APIClient, owner: User) -> None:
    refresh = sign_in(owner)["refresh"]
    User.objects.update(handle="renamed")
    renewed = client.post(URL, {"refresh": refresh}).json()["refresh"]
    assert RefreshToken(renewed).principal.handle == "renamed"


@pytest.mark.django_db
@pytest.mark.parametrize("refresh", ["x", "a.b.c", "é", "x" * 4096])
def test_malformed(client: APIClient, refresh: str) -> None:
    response = client.post(URL, {"refresh": refresh})
    assert response.status_code == 401
    assert response.json()["code"] == "token_not_valid"


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": ["a"]}])
def test_invalid(client: APIClient, body: object) -> None:
    response = client.post(URL, body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "refresh"
