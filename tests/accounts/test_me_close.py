from axes.models import AccessAttempt
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import Closure, Session, User
from tests.accounts.conftest import PASSWORD, CatalogStub, accepted, bearer, sign_in

URL = "/accounts/me/close/"


def test_success(client: APIClient, owner: User, other: User, catalog: CatalogStub) -> None:
    wrong = {"email": owner.email, "password": "wrong password"}
    client.post("/accounts/sign-in/", wrong, REMOTE_ADDR="203.0.113.7")
    tokens = sign_in(owner)
    response = bearer(tokens["access"]).post(URL, {"password": PASSWORD})
    assert response.status_code == 204
    owner.refresh_from_db()
    assert owner.closed_at is not None
    assert (owner.email, owner.handle) == (None, f"closed:{owner.id}")
    assert (owner.is_active, owner.has_usable_password()) == (False, False)
    assert not Session.objects.filter(user=owner).exists()
    assert not AccessAttempt.objects.exists()
    assert catalog.asked == [owner.id]
    assert Closure.objects.get(user=owner).acknowledged_at is not None
    assert not accepted(tokens["access"])
    assert client.post("/accounts/refresh/", {"refresh": tokens["refresh"]}).status_code == 401
    other.refresh_from_db()
    assert other.closed_at is None
    assert mail.outbox == []


def test_no_token(client: APIClient, owner: User) -> None:
    assert client.post(URL, {"password": PASSWORD}).status_code == 401
    owner.refresh_from_db()
    assert owner.closed_at is None


def test_wrong_password(as_owner: APIClient, owner: User, catalog: CatalogStub) -> None:
    response = as_owner.post(URL, {"password": "wrong password"})
    assert response.status_code == 403
    assert response.json()["code"] == "wrong_password"
    assert as_owner.post(URL, {}).status_code == 400
    owner.refresh_from_db()
    assert owner.closed_at is None
    assert catalog.asked == []


def test_closed_and_registered_again_is_a_new_account_of_the_same_name(
    client: APIClient, as_owner: APIClient, owner: User
) -> None:
    as_owner.post(URL, {"password": PASSWORD})
    response = client.post("/accounts/sign-up/", {"email": owner.email, "password": PASSWORD})
    assert response.status_code == 201
    assert response.json()["handle"] == "owner"
    assert response.json()["id"] != str(owner.id)
