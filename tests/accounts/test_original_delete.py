import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.conftest import PASSWORD, CatalogStub, accepted, sign_in

URL = "/auth/delete"


def test_closes_the_account(client: APIClient, owner: User, catalog: CatalogStub) -> None:
    access = sign_in(owner)["access"]
    response = client.delete(URL, {"email": owner.email, "password": PASSWORD})
    assert (response.status_code, response.content) == (204, b"")
    owner.refresh_from_db()
    assert owner.closed_at is not None
    assert catalog.asked == [owner.id]
    assert not accepted(access)


def test_bad_credentials(client: APIClient, owner: User) -> None:
    response = client.delete(URL, {"email": owner.email, "password": "wrong password"})
    assert response.status_code == 401
    owner.refresh_from_db()
    assert owner.closed_at is None


def test_twice(client: APIClient, owner: User) -> None:
    credentials = {"email": owner.email, "password": PASSWORD}
    client.delete(URL, credentials)
    assert client.delete(URL, credentials).status_code == 401


def test_deleted_and_registered_again_shows_the_same_name(client: APIClient, owner: User) -> None:
    credentials = {"email": owner.email, "password": PASSWORD}
    client.delete(URL, credentials)
    assert client.post("/auth/register", credentials).status_code == 201
    again = User.objects.get(email=owner.email)
    assert again.handle == "owner"
    assert again.id != owner.id


@pytest.mark.django_db
def test_bad_body(client: APIClient) -> None:
    assert client.delete(URL).status_code == 400
