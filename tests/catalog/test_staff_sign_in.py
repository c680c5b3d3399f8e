"""/catalog/login/, where catalog runs apart from accounts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog.models import ClosedOwner
from ecom.authentication import SESSION_KEY
from ecom.peers import PeerUnavailable, accounts_peer
from ecom.principal import Principal
from tests.catalog.conftest import principal

URL = "/catalog/login/"
CREDENTIALS = {"username": "megy@example.com", "password": "violet-teapot-41"}


class Accounts:
    """Answers in place of the accounts service."""

    def __init__(self) -> None:
        self.staff: Principal | None = principal("megy", is_staff=True)
        self.asked: list[tuple[str, str, str]] = []
        self.up = True
        self.revoked: set[UUID] = set()

    def sign_in_staff(self, email: str, password: str, address: str) -> Principal | None:
        self.asked.append((email, password, address))
        if not self.up:
            raise PeerUnavailable
        return self.staff

    def is_revoked(self, person: Principal) -> bool:
        if not self.up:
            raise PeerUnavailable
        return person.sid in self.revoked


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    double = Accounts()
    for module in ("catalog.admin", "catalog.backends", "ecom.authentication"):
        monkeypatch.setattr(f"{module}.accounts_peer", lambda: double)
    return double


def users() -> list[dict[str, Any]]:
    fields = ("username", "first_name", "is_staff", "is_superuser")
    return list(get_user_model().objects.values(*fields))


def test_form(client: Client) -> None:
    response = client.get(URL)
    assert response.status_code == 200
    assert b"E-mail" in response.content


def test_success(client: Client, accounts: Accounts) -> None:
    response = client.post(URL, CREDENTIALS, REMOTE_ADDR="10.0.0.9")

    assert (response.status_code, response["Location"]) == (302, "/catalog/")
    assert accounts.asked == [("megy@example.com", "violet-teapot-41", "10.0.0.9")]
    assert accounts.staff is not None
    assert users() == [
        {
            "username": str(accounts.staff.id),
            "first_name": "megy",
            "is_staff": True,
            "is_superuser": True,
        }
    ]
    assert not get_user_model().objects.get().has_usable_password()
    assert client.session[SESSION_KEY] == accounts.staff.claims()
    assert client.session.get_expiry_age() <= 3600


def test_admin_and_api_afterwards(client: Client, accounts: Accounts) -> None:
    assert client.get("/catalog/admin/")["Location"].startswith("/catalog/admin/login/")
    client.post(URL, CREDENTIALS)
    assert client.get("/catalog/admin/").status_code == 200
    assert client.get("/catalog/my/items/", headers={"Accept": "application/json"}).json() == {
        "next": None,
        "previous": None,
        "results": [],
    }


def test_the_hour_is_over(client: Client, accounts: Accounts) -> None:
    """However much is done meanwhile: what the session holds is saved anew, its end is not."""
    client.post(URL, CREDENTIALS)
    begun = client.session.get_expiry_date()
    session = client.session
    session["anything"] = True
    session.save()
    assert client.session.get_expiry_date() == begun
    assert begun <= timezone.now() + timedelta(hours=1)
    Session.objects.update(expire_date=begun - timedelta(hours=1))
    assert client.get("/catalog/admin/").status_code == 302


def test_revoked(client: Client, accounts: Accounts) -> None:
    """Locked, or signed out everywhere, at accounts."""
    client.post(URL, CREDENTIALS)
    assert accounts.staff is not None
    accounts.revoked.add(accounts.staff.sid)
    assert client.get("/catalog/admin/").status_code == 302
    assert client.get("/catalog/my/items/").status_code == 401


def test_nobody_knows_whether_it_is_revoked(client: Client, accounts: Accounts) -> None:
    client.post(URL, CREDENTIALS)
    accounts.up = False
    assert client.get("/catalog/admin/").status_code == 302
    accounts.up = True
    assert client.get("/catalog/admin/").status_code == 200


def test_closed(client: Client, accounts: Accounts) -> None:
    client.post(URL, CREDENTIALS)
    assert accounts.staff is not None
    ClosedOwner.objects.create(pk=accounts.staff.id)
    call_command("prune")  # as the closing does, unless a sign-in overtakes it
    [user] = users()
    assert (user["first_name"], user["is_staff"]) == ("", False)
    assert client.get("/catalog/admin/").status_code == 302


def test_again(client: Client, accounts: Accounts) -> None:
    """One row per account, with its flags of today."""
    client.post(URL, CREDENTIALS)
    password = get_user_model().objects.get().password
    get_user_model().objects.update(is_superuser=False, is_staff=False)

    client.post(URL, CREDENTIALS)

    (user,) = users()
    assert (user["is_staff"], user["is_superuser"]) == (True, True)
    assert get_user_model().objects.get().password == password


def test_refused(client: Client, accounts: Accounts) -> None:
    accounts.staff = None
    response = client.post(URL, CREDENTIALS)
    assert response.status_code == 200
    assert users() == []
    assert SESSION_KEY not in client.session


def test_accounts_does_not_answer(client: Client, accounts: Accounts) -> None:
    accounts.up = False
    response = client.post(URL, CREDENTIALS)
    assert b"does not answer" in response.content
    assert users() == []


def test_too_many(client: Client, accounts: Accounts, settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign-in": "1/day"}
    accounts.staff = None
    client.post(URL, CREDENTIALS)
    response = client.post(URL, CREDENTIALS)
    assert b"Too many attempts" in response.content
    assert len(accounts.asked) == 1


def test_peer_is_the_configured_one() -> None:
    assert type(accounts_peer()).__name__ == "AccountsOverHTTP"
