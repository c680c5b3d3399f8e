import re
import time
from datetime import timedelta

import pytest
from django.core import mail
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts import mail as outgoing
from accounts.links import LIFETIME
from accounts.models import User
from tests.accounts.conftest import accepted, sign_in

URL = "/accounts/password-resets/"
CONFIRM = "/accounts/password-resets/confirm/"
NEW = "another fine password"


def mailed_token() -> str:
    match = re.search(r"/accounts/password-reset/([^/\s]+)/", str(mail.outbox[-1].body))
    assert match is not None
    return match[1]


def test_sets_a_new_password_once(client: APIClient, owner: User) -> None:
    tokens = sign_in(owner)
    assert client.post(URL, {"email": "OWNER@example.com"}).status_code == 202
    assert mail.outbox[0].to == ["owner@example.com"]
    token = mailed_token()
    assert client.post(CONFIRM, {"token": token, "password": NEW}).status_code == 204
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert not accepted(tokens["access"])
    again = client.post(CONFIRM, {"token": token, "password": "a third fine password"})
    assert again.status_code == 404
    owner.refresh_from_db()
    assert owner.check_password(NEW)


@pytest.mark.parametrize("state", ["unknown", "locked", "closed"])
def test_answers_alike_and_mails_nothing(client: APIClient, owner: User, state: str) -> None:
    if state == "locked":
        owner.lock()
    if state == "closed":
        owner.close()
    email = "nobody@example.com" if state == "unknown" else "owner@example.com"
    response = client.post(URL, {"email": email})
    assert (response.status_code, response.content) == (202, b"")
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_looks_nothing_up_before_the_answer(
    client: APIClient,
    owner: User,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs: list[object] = []
    monkeypatch.setattr(outgoing, "send_later", lambda *job: jobs.append(job))
    client.post(URL, {"email": email})
    assert jobs == [(outgoing.send_password_reset, email)]


def test_expires(client: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(URL, {"email": owner.email})
    token = mailed_token()
    assert timedelta(hours=1) == LIFETIME
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3601)
    assert client.post(CONFIRM, {"token": token, "password": NEW}).status_code == 404
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3590)
    assert client.post(CONFIRM, {"token": token, "password": NEW}).status_code == 204


def test_void_after_the_email_changed(client: APIClient, owner: User) -> None:
    client.post(URL, {"email": owner.email})
    owner.change_email("moved@example.com")
    assert client.post(CONFIRM, {"token": mailed_token(), "password": NEW}).status_code == 404


def test_weak_password(client: APIClient, owner: User) -> None:
    client.post(URL, {"email": owner.email})
    response = client.post(CONFIRM, {"token": mailed_token(), "password": "password1"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "password"
    assert client.post(CONFIRM, {"token": mailed_token(), "password": NEW}).status_code == 204


def test_unlocks_who_was_locked_out(client: APIClient, owner: User) -> None:
    wrong = {"email": owner.email, "password": "wrong password"}
    for _ in range(10):
        client.post("/accounts/sign-in/", wrong)
    client.post(URL, {"email": owner.email})
    client.post(CONFIRM, {"token": mailed_token(), "password": NEW})
    right = {"email": owner.email, "password": NEW}
    assert client.post("/accounts/sign-in/", right).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"email": "nonsense"}])
def test_invalid(client: APIClient, body: dict[str, str]) -> None:
    assert client.post(URL, body).status_code == 400


def test_throttled_by_its_own_count(client: APIClient, owner: User, settings: Settings) -> None:
    settings.THROTTLE_RATES = {"mail": "1/hour"}
    client.post(URL, {"email": owner.email})
    assert client.post(URL, {"email": owner.email}).status_code == 429
    assert len(mail.outbox) == 1


def test_a_full_queue_answers_busy(
    client: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing._places, "acquire", lambda blocking: False)
    response = client.post(URL, {"email": owner.email})
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_failed_mail_is_logged_without_the_address(
    client: APIClient,
    owner: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*args: object) -> None:
        raise OSError("owner@example.com refused")

    monkeypatch.setattr(outgoing, "send_mail", refuse)
    assert client.post(URL, {"email": owner.email}).status_code == 202
    assert "A mail could not be sent: OSError" in caplog.text
    assert "owner@example.com" not in caplog.text
