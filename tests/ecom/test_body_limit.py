import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from ecom.body_limit import BodyLimitMiddleware

MIB = 1024 * 1024


@pytest.fixture
def middleware() -> BodyLimitMiddleware:
    return BodyLimitMiddleware(lambda request: HttpResponse())


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/catalog/items/", MIB, 200),
        ("/catalog/items/", MIB + 1, 413),
        ("/accounts/admin/import/", MIB + 1, 413),
        ("/catalog/admin/catalog/item/import/", 2 * MIB, 200),
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
