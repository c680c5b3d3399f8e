from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD, sign_in

URL = "/accounts/me/export/"


def test_everything_about_the_account(
    client: APIClient, as_owner: APIClient, owner: User, other: User
) -> None:
    sign_in(other, "somebody else's phone")
    sign_in(owner, "an old phone")
    Session.objects.get(user_agent="an old phone").end()
    wrong = {"email": owner.email, "password": "wrong password"}
    client.post("/accounts/sign-in/", wrong, REMOTE_ADDR="203.0.113.7")
    response = as_owner.get(URL)
    assert response.status_code == 200
    body = response.json()
    assert body["account"]["email"] == "owner@example.com"
    assert {each["user_agent"] for each in body["sessions"]} == {"a test", "an old phone"}
    assert [each["ip_address"] for each in body["failed_sign_ins"]] == ["203.0.113.7"]
    assert body["catalog"]["purchases"] == "http://testserver/catalog/my/purchases/"
    assert "other" not in str(body)


def test_holds_no_secrets(as_owner: APIClient, owner: User) -> None:
    text = as_owner.get(URL).content.decode()
    assert owner.password not in text
    assert Session.objects.get().refresh_digest not in text
    assert PASSWORD not in text


def test_no_token(client: APIClient, owner: User) -> None:
    assert client.get(URL).status_code == 401
