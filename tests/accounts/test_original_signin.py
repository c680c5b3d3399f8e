import pytest
from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD, accepted

URL = "/auth/signin"


def test_answers_with_the_bare_token(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"email": "Owner@example.com", "password": PASSWORD})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain"
    token = response.content.decode()
    assert token == token.strip().strip('"')
    assert accepted(token)
    assert Session.objects.get().user == owner


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_bad_credentials(client: APIClient, owner: User, email: str) -> None:
    response = client.post(URL, {"email": email, "password": "wrong password"})
    assert response.status_code == 401
    assert response.json()["code"] == "wrong_credentials"
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"email": "a@b.org"}, {"email": 1, "password": None}, []])
def test_bad_body(client: APIClient, body: object) -> None:
    assert client.post(URL, body).status_code == 400
