import pytest
from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD

URL = "/auth/register"


@pytest.mark.django_db
def test_answers_with_nothing(client: APIClient) -> None:
    response = client.post(URL, {"email": "Megy@gmail.com", "password": "securepassword"})
    assert (response.status_code, response.content) == (201, b"")
    user = User.objects.get()
    assert (user.email, user.handle) == ("megy@gmail.com", "megy")
    assert user.check_password("securepassword")
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_only_the_length_of_the_password_counts(client: APIClient) -> None:
    assert client.post(URL, {"email": "a@b.org", "password": "123456"}).status_code == 201
    assert client.post(URL, {"email": "c@d.org", "password": "12345"}).status_code == 400
    assert User.objects.count() == 1


def test_email_taken(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"email": "OWNER@example.com", "password": PASSWORD})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "email"
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"email": "nonsense", "password": "securepassword"}', b"\xff"]
)
def test_bad_body(client: APIClient, body: bytes) -> None:
    response = client.post(URL, body, content_type="application/json")
    assert response.status_code == 400
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_json_whatever_the_client_calls_it(client: APIClient, content_type: str) -> None:
    body = '{"email": "megy@gmail.com", "password": "securepassword"}'
    response = client.generic("POST", URL, body, content_type=content_type, HTTP_ACCEPT="text/x")
    assert response.status_code == 201
    assert User.objects.get().handle == "megy"


@pytest.mark.django_db
def test_a_bad_token_does_not_spoil_it() -> None:
    client = APIClient(HTTP_AUTHORIZATION="Bearer None")
    assert client.post(URL, {"email": "a@b.org", "password": PASSWORD}).status_code == 201
