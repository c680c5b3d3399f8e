import pytest
from django.contrib.auth.hashers import check_password
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD, accepted

URL = "/accounts/sign-up/"
NEW = {"email": "Ann@Example.com", "password": PASSWORD}


@pytest.mark.django_db
def test_makes_an_account_and_signs_in(client: APIClient) -> None:
    response = client.post(URL, NEW)
    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"id", "email", "handle", "access", "refresh"}
    user = User.objects.get()
    assert (body["id"], body["email"], body["handle"]) == (str(user.id), "ann@example.com", "ann")
    assert user.password.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, user.password)
    assert not (user.is_staff or user.is_superuser)
    assert accepted(body["access"])
    assert Session.objects.get().user == user
    assert "no-store" in response["Cache-Control"]


def test_email_taken_in_another_spelling(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"email": " OWNER@example.COM", "password": PASSWORD})
    assert response.status_code == 409
    assert response.json()["code"] == "email_taken"
    assert User.objects.count() == 1


def test_same_local_part_is_another_person(client: APIClient, owner: User) -> None:
    body = client.post(URL, {"email": "owner@elsewhere.org", "password": PASSWORD}).json()
    assert body["id"] != str(owner.id)
    assert body["handle"].startswith("owner-")
    owner.refresh_from_db()
    assert owner.handle == "owner"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "field", "code"),
    [
        ("ann", PASSWORD, "email", "invalid"),
        ("", PASSWORD, "email", "blank"),
        ("a" * 250 + "@x.org", PASSWORD, "email", "max_length"),
        ("ann@example.com", "short", "password", "min_length"),
        ("ann@example.com", "password123", "password", "password_too_common"),
        ("ann@example.com", "493820571", "password", "password_entirely_numeric"),
        ("ann@example.com", "ann@example", "password", "password_too_similar"),
        ("ann@example.com", 12345678901, "password", "invalid"),
        ("ann@example.com", "x" * 257, "password", "max_length"),
    ],
)
def test_invalid(client: APIClient, email: str, password: object, field: str, code: str) -> None:
    response = client.post(URL, {"email": email, "password": password})
    assert response.status_code == 400
    assert (field, code) in [(each["field"], each["code"]) for each in response.json()["errors"]]
    assert not User.objects.exists()


@pytest.mark.django_db
def test_chosen_rights_are_not_taken_from_the_body(client: APIClient) -> None:
    client.post(URL, NEW | {"is_staff": True, "is_superuser": True, "handle": "admin"})
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.handle) == (False, False, "ann")


@pytest.mark.django_db
def test_password_keeps_its_spaces(client: APIClient) -> None:
    client.post(URL, NEW | {"password": "  spaced out  "})
    assert User.objects.get().check_password("  spaced out  ")


@pytest.mark.django_db
def test_throttled(client: APIClient, settings: Settings) -> None:
    settings.THROTTLE_RATES = {"sign-up": "1/day"}
    client.post(URL, NEW)
    response = client.post(URL, NEW | {"email": "ben@example.com"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert User.objects.count() == 1
