import pytest
from rest_framework.test import APIClient

from accounts.models import User
from ecom.tokens import AccessToken
from tests.accounts.conftest import sign_in

URL = "/auth/validate"


def test_tells_whose_it_is(client: APIClient, owner: User) -> None:
    access = sign_in(owner)["access"]
    response = client.post(URL, {"token": access})
    assert response.status_code == 200
    assert response.json() == {"email": "owner@example.com", "exp": AccessToken(access)["exp"]}


@pytest.mark.parametrize("event", ["revoke_tokens", "lock", "close"])
def test_not_after(client: APIClient, owner: User, event: str) -> None:
    access = sign_in(owner)["access"]
    getattr(owner, event)()
    assert client.post(URL, {"token": access}).status_code == 401


def test_a_refresh_token_is_none(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"token": sign_in(owner)["refresh"]})
    assert response.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["None", "a.b.c", "é"])
def test_malformed(client: APIClient, token: str) -> None:
    response = client.post(URL, {"token": token})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"token": ""}, [], {"token": {}}])
def test_bad_body(client: APIClient, body: object) -> None:
    assert client.post(URL, body).status_code == 400
