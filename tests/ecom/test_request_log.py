import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from ecom.request_log import RequestLogMiddleware, current_request_id


def answered(rf: RequestFactory, **headers: str) -> tuple[str, str]:
    """The id during the request, and in its answer."""
    during: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        during.append(current_request_id())
        return HttpResponse()

    request = rf.get("/", headers=headers)
    request.resolver_match = None
    response = RequestLogMiddleware(view)(request)
    return during[0], response["X-Request-ID"]


def test_given_id(rf: RequestFactory) -> None:
    assert answered(rf, X_Request_ID="Trace-1.a_b") == ("Trace-1.a_b", "Trace-1.a_b")
    assert current_request_id() == "-"


@pytest.mark.parametrize("given", ["", "x" * 65, "two words", "a\nb", "é", '{"a":1}'])
def test_malformed_id(rf: RequestFactory, given: str) -> None:
    during, after = answered(rf, X_Request_ID=given)
    assert during == after
    assert re.fullmatch("[0-9a-f]{32}", after)


def test_id_of_an_error(client: Client) -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": "trace-1"})
    assert response.status_code == 404
    assert response.json()["request_id"] == response["X-Request-ID"] == "trace-1"


def test_nothing_personal_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get(
            "/nowhere/anna/?email=anna@example.com",
            headers={"Authorization": "Bearer secret-token"},
            REMOTE_ADDR="192.0.2.99",
        )
    assert "404" in caplog.text
    for personal in ("anna", "secret-token", "192.0.2.99"):
        assert personal not in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "level"),
    [
        ("/ready", 200, "DEBUG"),
        ("/ready", 503, "INFO"),
        ("/accounts/peer/revocations/", 304, "DEBUG"),
        ("/accounts/peer/revocations/", 401, "INFO"),
        ("/catalog/items/", 200, "INFO"),
    ],
)
def test_what_is_asked_all_the_time(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture, path: str, status: int, level: str
) -> None:
    request = rf.get(path)
    request.resolver_match = None
    with caplog.at_level(logging.DEBUG):
        RequestLogMiddleware(lambda request: HttpResponse(status=status))(request)
    [record] = caplog.records
    assert record.levelname == level
