from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD, bearer, sign_in

SIGN_IN = "/accounts/sign-in/"
HERE = "192.0.2.1"
THERE = "192.0.2.2"


def fail(client: APIClient, email: str, times: int, address: str = HERE) -> list[int]:
    wrong = {"email": email, "password": "wrong password"}
    return [client.post(SIGN_IN, wrong, REMOTE_ADDR=address).status_code for _ in range(times)]


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_ten_failures_lock_out_known_and_unknown_alike(
    client: APIClient, owner: User, email: str
) -> None:
    assert fail(client, email, 10) == [401] * 9 + [429]
    response = client.post(SIGN_IN, {"email": email, "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert response.status_code == 429
    assert response.json()["code"] == "locked_out"
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "900"
    assert not Session.objects.exists()


def test_spelling_and_browser_do_not_make_another_account(client: APIClient, owner: User) -> None:
    fail(client, "owner@example.com", 5)
    client.credentials(HTTP_USER_AGENT="another")
    assert fail(client, "OWNER@Example.com", 5)[-1] == 429


def test_nobody_else_is_locked_out(client: APIClient, owner: User, other: User) -> None:
    fail(client, "owner@example.com", 10)
    from_there = {"email": owner.email, "password": PASSWORD}
    somebody_else = {"email": other.email, "password": PASSWORD}
    assert client.post(SIGN_IN, from_there, REMOTE_ADDR=THERE).status_code == 200
    assert client.post(SIGN_IN, somebody_else, REMOTE_ADDR=HERE).status_code == 200


def test_ends_after_the_cool_off_even_if_tried_meanwhile(client: APIClient, owner: User) -> None:
    fail(client, "owner@example.com", 10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert fail(client, "owner@example.com", 1) == [429]
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    right = {"email": owner.email, "password": PASSWORD}
    assert client.post(SIGN_IN, right, REMOTE_ADDR=HERE).status_code == 200


def test_a_tried_password_does_not_prolong_it(client: APIClient, owner: User) -> None:
    fail(client, "owner@example.com", 10)
    before = AccessAttempt.objects.values().get()
    fail(client, "owner@example.com", 3)
    assert AccessAttempt.objects.values().get() == before


def test_success_forgets_the_failures(client: APIClient, owner: User) -> None:
    fail(client, "owner@example.com", 9)
    right = {"email": owner.email, "password": PASSWORD}
    assert client.post(SIGN_IN, right, REMOTE_ADDR=HERE).status_code == 200
    assert fail(client, "owner@example.com", 9) == [401] * 9


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/auth/signin", {"email": "owner@example.com", "password": "x"}),
        ("delete", "/auth/delete", {"email": "owner@example.com", "password": "x"}),
    ],
)
def test_covers_the_original_api(
    client: APIClient, owner: User, method: str, path: str, body: dict[str, str]
) -> None:
    fail(client, "owner@example.com", 9)
    response = getattr(client, method)(path, body, REMOTE_ADDR=HERE)
    assert response.status_code == 429


def test_covers_passwords_asked_of_who_is_signed_in(client: APIClient, owner: User) -> None:
    thief = bearer(sign_in(owner)["access"])

    def close(password: str) -> int:
        body = {"password": password}
        return thief.post("/accounts/me/close/", body, REMOTE_ADDR=HERE).status_code

    assert [close("wrong password") for _ in range(10)] == [403] * 9 + [429]
    assert close(PASSWORD) == 429
    owner.refresh_from_db()
    assert owner.closed_at is None


def test_covers_the_sign_in_page(client: APIClient, owner: User) -> None:
    fail(client, "owner@example.com", 10)
    form = {"username": "Owner@example.com", "password": PASSWORD}
    response = client.post("/accounts/login/", form, format="multipart", REMOTE_ADDR=HERE)
    assert response.status_code == 429
    assert "Too many failed attempts" in response.content.decode()
    assert not Session.objects.exists()


def test_keeps_no_password(client: APIClient, owner: User) -> None:
    form = {"email": owner.email, "username": owner.email, "password": "wrong password"}
    client.post(SIGN_IN, form, format="multipart")
    client.post("/accounts/login/", form, format="multipart")
    assert "wrong password" not in str(list(AccessAttempt.objects.values()))


def test_the_addresses_of_one_ipv6_customer_count_together(client: APIClient, owner: User) -> None:
    for last in range(9):
        assert fail(client, owner.email or "", 1, f"2001:db8:0:7::{last}") == [401]
    right = {"email": owner.email, "password": PASSWORD}
    assert fail(client, owner.email or "", 1, "2001:db8:0:7::9") == [429]
    assert client.post(SIGN_IN, right, REMOTE_ADDR="2001:db8:0:7::a").status_code == 429
    assert client.post(SIGN_IN, right, REMOTE_ADDR="2001:db8:0:8::1").status_code == 200
