from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Session, User, revocations
from accounts.peer import AccountsInProcess
from ecom.keys import key_store
from ecom.peers import accounts_peer
from tests.accounts.conftest import PASSWORD, sign_in

ADDRESS = "203.0.113.7"


@pytest.fixture
def peer() -> AccountsInProcess:
    return AccountsInProcess()


def test_is_the_one_in_use() -> None:
    assert isinstance(accounts_peer(), AccountsInProcess)


def test_published_keys_are_found(peer: AccountsInProcess) -> None:
    for key in key_store.load().published()["keys"]:
        found = peer.find_key(key["kid"])
        assert found is not None
        assert found.key_id == key["kid"]
    assert peer.find_key("unknown") is None


@pytest.mark.parametrize("change", ["nothing", "sid", "user", "gen"])
def test_revoked_unless_all_of_it_fits(
    peer: AccountsInProcess, owner: User, other: User, change: str
) -> None:
    sign_in(owner)
    principal = Session.objects.get().principal
    changes: dict[str, dict[str, Any]] = {
        "nothing": {},
        "sid": {"sid": uuid4()},
        "user": {"id": other.id},
        "gen": {"gen": 1},
    }
    asked = replace(principal, **changes[change])
    assert peer.is_revoked(asked) is (change != "nothing")


def test_staff_sign_in(peer: AccountsInProcess, staff: User) -> None:
    principal = peer.sign_in_staff("Staff@example.com", PASSWORD, ADDRESS)
    session = Session.objects.get()
    assert principal == session.principal
    assert (session.user, session.address) == (staff, ADDRESS)
    assert session.expires_at <= timezone.now() + timedelta(hours=1)
    assert not peer.is_revoked(session.principal)


def test_staff_sign_in_is_for_staff(peer: AccountsInProcess, owner: User) -> None:
    assert peer.sign_in_staff("owner@example.com", PASSWORD, ADDRESS) is None
    assert not Session.objects.exists()


def test_staff_sign_in_counts_failures_by_the_clients_address(
    peer: AccountsInProcess, staff: User
) -> None:
    for _ in range(10):
        assert peer.sign_in_staff("staff@example.com", "wrong password", ADDRESS) is None
    assert peer.sign_in_staff("staff@example.com", PASSWORD, ADDRESS) is None
    assert peer.sign_in_staff("staff@example.com", PASSWORD, "203.0.113.8") is not None


def test_find_account(peer: AccountsInProcess, owner: User, other: User) -> None:
    assert peer.find_account("owner") == owner.id
    assert peer.find_account("nobody") is None
    other.close()
    assert peer.find_account("other") is None


def test_revocations_of_a_period(owner: User, other: User) -> None:
    now = timezone.now()
    sign_in(other)
    ended, long_ended, _ = (Session.objects.begin(owner, HttpRequest()) for _ in range(3))
    ended.end()
    Session.objects.filter(pk=long_ended.pk).update(ended_at=now - timedelta(hours=1))
    since = now - timedelta(minutes=30)
    assert revocations(since) == {"sids": [str(ended.sid)], "gens": {}}
    other.lock()
    assert revocations(since)["gens"] == {str(other.id): 1}
    User.objects.update(gen_changed_at=now - timedelta(hours=1))
    assert revocations(since)["gens"] == {}


def test_only_the_accounts_service_answers_peers(client: APIClient, settings: Settings) -> None:
    client.credentials(HTTP_AUTHORIZATION="Bearer e30.e30.x")
    settings.CATALOG_URL = "http://127.0.0.1:9"
    expected = 401 if settings.SERVICE_NAME == "accounts" else 404
    assert client.post("/accounts/peer/revocations/").status_code == expected
