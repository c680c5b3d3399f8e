"""Signing in with a browser: Django's session, the API's, and the admin's are one."""

import os
import threading

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import hashers
from accounts.models import Session, User
from tests.accounts.conftest import PASSWORD, bearer, sign_in

LOGIN = "/accounts/login/"
FORM = {"username": "Owner@example.com", "password": PASSWORD}


@pytest.fixture
def browser(owner: User) -> Client:
    client = Client(HTTP_USER_AGENT="Chromium")
    assert client.post(LOGIN, FORM).status_code == 302
    return client


def test_opens_the_api(browser: Client, owner: User) -> None:
    session = Session.objects.get()
    assert (session.user, session.user_agent, session.refresh_digest) == (owner, "Chromium", "")
    assert session.browser_key == browser.session.session_key
    response = browser.get("/accounts/me/")
    assert response.json()["handle"] == "owner"


@pytest.mark.parametrize(
    ("following", "location"),
    [
        ("/accounts/sessions/", "/accounts/sessions/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_goes_on_where_it_came_from_on_this_host(
    owner: User, following: str, location: str
) -> None:
    response = Client().post(LOGIN, FORM | {"next": following})
    assert response["Location"] == location


def test_wrong_password(owner: User) -> None:
    response = Client().post(LOGIN, FORM | {"password": "wrong password"})
    assert response.status_code == 200
    assert "Please enter a correct" in response.content.decode()
    assert not Session.objects.exists()


def test_forms_need_the_csrf_token(owner: User, settings: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, FORM).status_code == 403
    client.get(LOGIN)
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert client.post(LOGIN, FORM | {"csrfmiddlewaretoken": token}).status_code == 302
    response = client.post("/accounts/sign-out-everywhere/")
    assert response.status_code == 403
    assert Session.objects.get().ended_at is None


def test_signing_out_ends_the_session(browser: Client) -> None:
    assert browser.get("/accounts/logout/").status_code == 405
    assert browser.post("/accounts/logout/").status_code == 302
    assert Session.objects.get().ended_at is not None
    assert browser.get("/accounts/me/").status_code == 401


def test_signing_out_through_the_api_signs_the_browser_out(browser: Client) -> None:
    assert browser.post("/accounts/sign-out/").status_code == 204
    assert not BrowserSession.objects.exists()
    assert browser.get("/accounts/me/").status_code == 401


def test_ending_it_from_elsewhere_signs_the_browser_out(browser: Client, owner: User) -> None:
    session = Session.objects.get()
    phone = bearer(sign_in(owner)["access"])
    phone.delete(f"/accounts/sessions/{session.sid}/")
    assert browser.get("/accounts/me/").status_code == 401
    assert not BrowserSession.objects.exists()


@pytest.mark.parametrize("event", ["revoke_tokens", "lock", "close"])
def test_what_voids_tokens_voids_the_browser_session(
    browser: Client, owner: User, event: str
) -> None:
    User.objects.update(is_staff=True)
    assert browser.get("/accounts/admin/").status_code == 200
    getattr(owner, event)()
    # The admin first: the API would end the browser's session by itself.
    assert browser.get("/accounts/admin/").status_code == 302
    assert browser.get("/accounts/me/").status_code == 401


def test_throttled(owner: User, settings: Settings) -> None:
    settings.THROTTLE_RATES = {"sign-in": "1/minute"}
    Client().post(LOGIN, FORM | {"password": "wrong password"})
    response = Client().post(LOGIN, FORM)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert not Session.objects.exists()


def test_a_busy_server_says_so(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "MAX_WAIT", 0)
    done = threading.Event()
    for _ in range(os.cpu_count() or 1):
        hashers._threads.submit(done.wait)
    try:
        response = Client().post(LOGIN, FORM)
    finally:
        done.set()
    assert response.status_code == 503
    assert response["Retry-After"] == "2"


@pytest.mark.django_db
def test_the_start_page_links_to_everything() -> None:
    page = Client().get("/").content.decode()
    for path in [
        "/accounts/",
        "/accounts/docs/",
        "/accounts/admin/",
        "/catalog/",
        "/catalog/docs/",
        "/catalog/admin/",
        "/health",
        "/accounts/login/",
    ]:
        assert f'href="{path}"' in page


def test_the_start_page_shows_who_is_signed_in(browser: Client) -> None:
    page = browser.get("/").content.decode()
    assert "owner" in page
    assert 'action="/accounts/logout/"' in page


@pytest.mark.parametrize("username", ["owner@example.com", "other@example.com"])
def test_signing_in_again_ends_the_session_before(
    browser: Client, other: User, username: str
) -> None:
    former = Session.objects.get()
    assert browser.post(LOGIN, FORM | {"username": username}).status_code == 302
    former.refresh_from_db()
    assert former.ended_at is not None
    assert browser.get("/accounts/me/").json()["email"] == username
