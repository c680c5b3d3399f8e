import pytest
from django.test import Client

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD

URL = "/accounts/register/"


@pytest.mark.django_db
def test_makes_an_account_and_signs_in() -> None:
    client = Client()
    assert "Sign up" in client.get(URL).content.decode()
    response = client.post(URL, {"email": "Ann@example.com", "password": PASSWORD})
    assert response["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.handle) == ("ann@example.com", "ann")
    assert Session.objects.get().user == user
    assert client.get("/accounts/me/").json()["handle"] == "ann"


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("OWNER@example.com", PASSWORD, "There is an account with this e-mail address already."),
        ("nonsense", PASSWORD, "Enter a valid email address."),
        ("ann@example.com", "password1", "This password is too common."),
        ("ann@example.com", "ann@example", "The password is too similar to the email."),
    ],
)
def test_refused(owner: User, email: str, password: str, sentence: str) -> None:
    response = Client().post(URL, {"email": email, "password": password})
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert list(User.objects.all()) == [owner]
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_an_address_that_is_too_long_once_it_is_in_lower_case() -> None:
    email = "a@" + ".".join(["İ" * 60] * 4) + ".com"  # each becomes two characters
    response = Client().post(URL, {"email": email, "password": PASSWORD})
    assert response.status_code == 200
    assert "at most 254 characters" in response.content.decode()
    assert not User.objects.exists()
