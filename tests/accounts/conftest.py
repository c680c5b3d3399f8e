from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts import mail
from accounts.models import User
from accounts.tokens import Tokens, begin_session
from ecom.peers import PeerUnavailable

PASSWORD = "correct horse battery"


class SameThread:
    """Sends a mail at once, inside the test's transaction."""

    def submit(self, run: object, send: Callable[..., None], *args: Any) -> Future[None]:
        future: Future[None] = Future()
        try:
            send(*args)
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(None)
        return future


class CatalogStub:
    """A CatalogPeer whose answer a test chooses."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.answer = True
        self.reachable = True

    def withdraw_items(self, owner_id: UUID) -> bool:
        self.asked.append(owner_id)
        if not self.reachable:
            raise PeerUnavailable
        return self.answer


@pytest.fixture(autouse=True)
def mail_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_executor", SameThread())


@pytest.fixture(autouse=True)
def catalog(monkeypatch: pytest.MonkeyPatch) -> CatalogStub:
    stub = CatalogStub()
    monkeypatch.setattr("accounts.closing.catalog_peer", lambda: stub)
    return stub


@pytest.fixture
def client() -> APIClient:
    return APIClient()


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.sign_up("owner@example.com", PASSWORD)


@pytest.fixture
def other(db: None) -> User:
    return User.objects.sign_up("other@example.com", PASSWORD)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.sign_up("staff@example.com", PASSWORD, is_staff=True)


def sign_in(user: User, user_agent: str = "a test") -> Tokens:
    return begin_session(user, RequestFactory().post("/", headers={"user-agent": user_agent}))


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def accepted(access: str) -> bool:
    """Whether the API accepts this access token."""
    response = bearer(access).get("/accounts/me/")
    assert response.status_code in {200, 401}
    return bool(response.status_code == 200)


@pytest.fixture
def as_owner(owner: User) -> APIClient:
    return bearer(sign_in(owner)["access"])


@pytest.fixture
def as_other(other: User) -> APIClient:
    return bearer(sign_in(other)["access"])
