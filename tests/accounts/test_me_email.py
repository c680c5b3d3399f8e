import re

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.conftest import PASSWORD

URL = "/accounts/me/email/"
CONFIRM = "/accounts/email-confirmations/"
CHANGE = {"email": "New@Example.org", "password": PASSWORD}


def mailed_token() -> str:
    match = re.search(r"/accounts/email-confirmation/([^/\s]+)/", str(mail.outbox[-1].body))
    assert match is not None
    return match[1]


def test_holds_once_the_link_was_followed(
    client: APIClient, as_owner: APIClient, owner: User
) -> None:
    response = as_owner.post(URL, CHANGE)
    assert response.status_code == 202
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"

    assert client.post(CONFIRM, {"token": mailed_token()}).status_code == 204
    owner.refresh_from_db()
    assert (owner.email, owner.handle) == ("new@example.org", "owner")
    assert mail.outbox[-1].to == ["owner@example.com"]
    assert "owner" in mail.outbox[-1].body
    assert as_owner.get("/accounts/me/").json()["email"] == "new@example.org"


def test_the_link_works_once(client: APIClient, as_owner: APIClient, owner: User) -> None:
    as_owner.post(URL, CHANGE)
    token = mailed_token()
    client.post(CONFIRM, {"token": token})
    response = client.post(CONFIRM, {"token": token})
    assert response.status_code == 404
    assert response.json()["code"] == "link_invalid"


@pytest.mark.parametrize("event", ["password", "sign-out", "lock", "close"])
def test_the_link_is_void_after(
    client: APIClient, as_owner: APIClient, owner: User, event: str
) -> None:
    as_owner.post(URL, CHANGE)
    match event:
        case "password":
            owner.change_password("another fine password")
        case "sign-out":
            owner.revoke_tokens()
        case "lock":
            owner.lock()
        case "close":
            owner.close()
    assert client.post(CONFIRM, {"token": mailed_token()}).status_code == 404
    assert not User.objects.filter(email="new@example.org").exists()


def test_taken_meanwhile(client: APIClient, as_owner: APIClient, owner: User) -> None:
    as_owner.post(URL, CHANGE)
    User.objects.sign_up("new@example.org", PASSWORD)
    response = client.post(CONFIRM, {"token": mailed_token()})
    assert response.status_code == 409
    assert response.json()["code"] == "email_taken"
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"


def test_does_not_tell_that_an_address_is_taken(as_owner: APIClient, other: User) -> None:
    response = as_owner.post(URL, {"email": other.email, "password": PASSWORD})
    assert response.status_code == 202
    assert mail.outbox[0].to == [other.email]


def test_wrong_password(as_owner: APIClient) -> None:
    response = as_owner.post(URL, CHANGE | {"password": "wrong password"})
    assert response.status_code == 403
    assert mail.outbox == []


def test_invalid(as_owner: APIClient) -> None:
    response = as_owner.post(URL, CHANGE | {"email": "nonsense"})
    assert response.status_code == 400
    assert mail.outbox == []


def test_no_token(client: APIClient, owner: User) -> None:
    assert client.post(URL, CHANGE).status_code == 401
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a:b:c", "é"])
def test_forged_link(client: APIClient, token: str) -> None:
    assert client.post(CONFIRM, {"token": token}).status_code == 404


def test_a_password_reset_link_confirms_nothing(client: APIClient, owner: User) -> None:
    client.post("/accounts/password-resets/", {"email": owner.email})
    match = re.search(r"/accounts/password-reset/([^/\s]+)/", str(mail.outbox[-1].body))
    assert match is not None
    assert client.post(CONFIRM, {"token": match[1]}).status_code == 404


@pytest.mark.parametrize("event", ["revoke_tokens", "close"])
def test_what_happens_after_the_link_was_read_wins(owner: User, event: str) -> None:
    following = User.objects.get(pk=owner.pk)
    getattr(owner, event)()
    owner.refresh_from_db()
    assert following.change_email("new@example.org") is False
    assert User.objects.get(pk=owner.pk).email == owner.email
