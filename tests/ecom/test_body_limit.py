import json

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from ecom.body_limit import BodyLimitMiddleware

MIB = 1024 * 1024
IMPORT = "/catalog/admin/catalog/item/import/"


@pytest.fixture
def middleware() -> BodyLimitMiddleware:
    return BodyLimitMiddleware(lambda request: HttpResponse())


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/catalog/items/", MIB, 200),
        ("/catalog/items/", MIB + 1, 413),
        ("/accounts/admin/import/", MIB + 1, 413),
        (IMPORT, MIB, 200),
        (IMPORT, MIB + 1, 413),
        ("/catalog/admin/catalog/item/add/", MIB + 1, 413),
    ],
)
def test_length(
    rf: RequestFactory,
    middleware: BodyLimitMiddleware,
    path: str,
    length: int,
    status: int,
) -> None:
    request = rf.post(path, b"", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(length)
    assert middleware(request).status_code == status


@pytest.mark.parametrize(("session", "status"), [("own", 200), ("made up", 413), ("empty", 413)])
def test_import(
    rf: RequestFactory,
    middleware: BodyLimitMiddleware,
    transactional_db: None,
    session: str,
    status: int,
) -> None:
    """Twenty times as much, for who is signed in."""
    store = SessionStore()
    store[SESSION_KEY if session == "own" else "cart"] = "1"
    store.save()
    key = "made-up" if session == "made up" else str(store.session_key)
    request = rf.post(IMPORT, b"", content_type="application/json")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = key
    request.META["CONTENT_LENGTH"] = str(20 * MIB)
    assert middleware(request).status_code == status
    request.META["CONTENT_LENGTH"] = str(20 * MIB + 1)
    assert middleware(request).status_code == 413


def test_answer(rf: RequestFactory, middleware: BodyLimitMiddleware) -> None:
    request = rf.post("/catalog/items/", b"x" * (MIB + 1), content_type="application/json")

    response = middleware(request)

    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert problem["code"] == "body_too_large"
    assert str(MIB) in problem["detail"]


@pytest.mark.parametrize("length", ["many", "1e3"])
def test_no_number(rf: RequestFactory, middleware: BodyLimitMiddleware, length: str) -> None:
    request = rf.post("/catalog/items/", b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = length
    assert middleware(request).status_code == 400
