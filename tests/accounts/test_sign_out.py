import pytest
from rest_framework.test import APIClient

from accounts.models import Session, User
from ecom.peers import accounts_peer
from tests.accounts.conftest import accepted, bearer, sign_in


def test_ends_this_session_only(client: APIClient, owner: User) -> None:
    here, elsewhere = sign_in(owner), sign_in(owner)
    response = bearer(here["access"]).post("/accounts/sign-out/")
    assert response.status_code == 204
    assert not accepted(here["access"])
    assert client.post("/accounts/refresh/", {"refresh": here["refresh"]}).status_code == 401
    assert accepted(elsewhere["access"])
    assert Session.objects.filter(ended_at=None).count() == 1


def test_twice(owner: User) -> None:
    client = bearer(sign_in(owner)["access"])
    client.post("/accounts/sign-out/")
    response = client.post("/accounts/sign-out/")
    assert response.status_code == 401
    assert response.json()["code"] == "session_ended"


def test_needs_a_token(client: APIClient, owner: User) -> None:
    sign_in(owner)
    assert client.post("/accounts/sign-out/").status_code == 401
    assert client.post("/accounts/sign-out-everywhere/").status_code == 401
    assert Session.objects.filter(ended_at=None).count() == 1


def test_everywhere(client: APIClient, owner: User, other: User) -> None:
    here, elsewhere, somebody_else = sign_in(owner), sign_in(owner), sign_in(other)
    response = bearer(here["access"]).post("/accounts/sign-out-everywhere/")
    assert response.status_code == 204
    assert not accepted(here["access"])
    assert not accepted(elsewhere["access"])
    refused = client.post("/accounts/refresh/", {"refresh": elsewhere["refresh"]})
    assert refused.status_code == 401
    assert accepted(somebody_else["access"])
    assert not owner.sessions.filter(ended_at=None).exists()
    owner.refresh_from_db()
    assert (owner.gen, owner.gen_changed_at is None) == (1, False)
    assert accepted(sign_in(owner)["access"])


def test_while_the_account_is_being_closed(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bearer(sign_in(owner)["access"])
    monkeypatch.setattr(accounts_peer(), "is_revoked", lambda principal: False)
    owner.close()
    assert client.post("/accounts/sign-out/").status_code == 204
    assert not Session.objects.exists()
