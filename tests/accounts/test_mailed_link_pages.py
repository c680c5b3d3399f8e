import pytest
from django.core import mail
from django.test import Client

from accounts import links
from accounts.models import Session, User
from tests.accounts.conftest import accepted, sign_in

NEW = "another fine password"


def reset_page(user: User) -> str:
    return f"/accounts/password-reset/{links.make('password-reset', user)}/"


def confirmation_page(user: User) -> str:
    token = links.make("email-confirmation", user, email="new@example.org")
    return f"/accounts/email-confirmation/{token}/"


def test_asking_for_the_link(owner: User) -> None:
    known = Client().post("/accounts/password-reset/", {"email": "Owner@example.com"})
    unknown = Client().post("/accounts/password-reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [message.to for message in mail.outbox] == [["owner@example.com"]]


def test_the_mailed_link_sets_a_password(owner: User) -> None:
    tokens = sign_in(owner)
    Client().post("/accounts/password-reset/", {"email": owner.email})
    url = next(word for word in str(mail.outbox[0].body).split() if word.startswith("http"))
    assert url.startswith("http://127.0.0.1:8000/accounts/password-reset/")
    path = url.removeprefix("http://127.0.0.1:8000")
    assert "Choose a new password" in Client().get(path).content.decode()
    response = Client().post(path, {"new_password1": NEW, "new_password2": NEW})
    assert response["Location"] == "/accounts/login/"
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert not accepted(tokens["access"])
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(("first", "second"), [("password1", "password1"), (NEW, "different")])
def test_refused_passwords(owner: User, first: str, second: str) -> None:
    before = owner.password
    response = Client().post(reset_page(owner), {"new_password1": first, "new_password2": second})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    owner.refresh_from_db()
    assert owner.password == before


def test_opening_a_link_changes_nothing(owner: User) -> None:
    page = confirmation_page(owner)
    assert "new@example.org" in Client().get(page).content.decode()
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"
    assert Client().get(page).status_code == 200


def test_confirming_an_email(owner: User) -> None:
    page = confirmation_page(owner)
    assert Client().post(page).status_code == 200
    owner.refresh_from_db()
    assert owner.email == "new@example.org"
    again = Client().post(page)
    assert again.status_code == 404
    assert "has been used or has expired" in again.content.decode()


def test_an_address_taken_meanwhile(owner: User) -> None:
    page = confirmation_page(owner)
    User.objects.sign_up("new@example.org", NEW)
    response = Client().post(page)
    assert response.status_code == 409
    assert "already" in response.content.decode()


def test_the_secret_stays_on_the_page(owner: User, caplog: pytest.LogCaptureFixture) -> None:
    for page in (reset_page(owner), confirmation_page(owner)):
        response = Client().get(page)
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]
        assert page.split("/")[3] not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["password-reset", "email-confirmation"])
def test_forged(kind: str) -> None:
    response = Client().get(f"/accounts/{kind}/forged/")
    assert response.status_code == 404
    assert not Session.objects.exists()


def test_a_password_that_the_api_would_not_read_is_refused(owner: User) -> None:
    long = "teapot " * 40
    response = Client().post(reset_page(owner), {"new_password1": long, "new_password2": long})
    assert "at most 256 characters" in response.content.decode()
    owner.refresh_from_db()
    assert not owner.check_password(long)
