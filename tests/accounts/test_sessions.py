from uuid import uuid4

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import accepted, bearer, sign_in

URL = "/accounts/sessions/"


def test_lists_own_live_sessions_newest_first(owner: User, other: User) -> None:
    sign_in(other)
    sign_in(owner, "ended")
    Session.objects.filter(user_agent="ended").update(ended_at=timezone.now())
    sign_in(owner, "expired")
    Session.objects.filter(user_agent="expired").update(expires_at=timezone.now())
    sign_in(owner, "phone")
    client = bearer(sign_in(owner, "laptop")["access"])
    response = client.get(URL)
    assert response.status_code == 200
    shown = [(each["user_agent"], each["current"]) for each in response.json()]
    assert shown == [("laptop", True), ("phone", False)]
    assert set(response.json()[0]) == {
        "sid",
        "current",
        "address",
        "user_agent",
        "created_at",
        "last_used_at",
        "expires_at",
    }


def test_the_list_is_bounded(owner: User) -> None:
    for _ in range(101):
        tokens = sign_in(owner)
    assert len(bearer(tokens["access"]).get(URL).json()) == 100


def test_no_token(client: APIClient, owner: User) -> None:
    sign_in(owner)
    sid = Session.objects.get().sid
    assert client.get(URL).status_code == 401
    assert client.delete(f"{URL}{sid}/").status_code == 401
    assert Session.objects.get().ended_at is None


def test_ends_one(as_owner: APIClient, owner: User) -> None:
    phone = sign_in(owner, "phone")
    session = Session.objects.get(user_agent="phone")
    assert as_owner.delete(f"{URL}{session.sid}/").status_code == 204
    session.refresh_from_db()
    assert session.ended_at is not None
    assert not accepted(phone["access"])
    assert as_owner.get(URL).status_code == 200
    assert as_owner.delete(f"{URL}{session.sid}/").status_code == 404


def test_somebody_elses_is_not_found(as_owner: APIClient, other: User) -> None:
    tokens = sign_in(other)
    session = Session.objects.get(user=other)
    assert as_owner.delete(f"{URL}{session.sid}/").status_code == 404
    assert as_owner.delete(f"{URL}{uuid4()}/").status_code == 404
    assert accepted(tokens["access"])
