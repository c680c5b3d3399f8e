from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import Client
from pytest_django import Settings
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from ecom import errors
from ecom.errors import exception_handler


def answer(exception: Exception) -> Response:
    response = exception_handler(exception, {})
    assert response is not None
    return response


def problem(exception: Exception) -> dict[str, Any]:
    response = answer(exception)
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.data
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (errors.Conflict("Only 2 are left.", "sold_out"), 409, "sold_out"),
        (errors.PreconditionFailed(), 412, "precondition_failed"),
        (errors.PreconditionRequired(), 428, "precondition_required"),
        (errors.IdempotencyKeyReused(), 422, "idempotency_key_reused"),
        (errors.Overloaded(), 503, "overloaded"),
        (OperationalError("password is hunter2"), 503, "database_unavailable"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (Http404("secret row"), 404, "not_found"),
        (PermissionDenied("secret reason"), 403, "permission_denied"),
    ],
)
def test_codes(exception: Exception, status: int, code: str) -> None:
    body = problem(exception)
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"].endswith(".")
    assert "secret" not in body["detail"]
    assert "hunter2" not in body["detail"]


def test_says_how_to_sign_in() -> None:
    assert "Authorization: Bearer <token>" in problem(exceptions.NotAuthenticated())["detail"]
    refused = AuthenticationFailed("Two values are expected", code="bad_authorization_header")
    body = problem(refused)
    assert body["code"] == "bad_authorization_header"
    assert "Authorization: Bearer <token>" in body["detail"]


def test_a_dictionary_for_a_detail_is_not_shown_as_one() -> None:
    body = problem(AuthenticationFailed("There is no such user.", code="user_not_found"))
    assert (body["code"], body["detail"]) == ("user_not_found", "There is no such user.")


class PartSerializer(serializers.Serializer[None]):
    size = serializers.IntegerField(min_value=1)


class OrderSerializer(serializers.Serializer[None]):
    name = serializers.CharField()
    parts = PartSerializer(many=True)


def test_invalid_fields() -> None:
    serializer = OrderSerializer(data={"parts": [{"size": 1}, {"size": 0}]})
    with pytest.raises(exceptions.ValidationError) as raised:
        serializer.is_valid(raise_exception=True)

    body = problem(raised.value)

    assert body["code"] == "invalid"
    named = [(error["field"], error["code"]) for error in body["errors"]]
    assert named == [("name", "required"), ("parts.1.size", "min_value")]
    assert "name: This field is required." in body["detail"]


def test_invalid_body() -> None:
    body = problem(exceptions.ValidationError("Nothing fits.", "nothing"))
    assert body["detail"] == "Nothing fits."
    assert body["errors"] == [{"field": "", "code": "nothing", "detail": "Nothing fits."}]


@pytest.mark.parametrize(("wait", "header"), [(0.2, "1"), (59.9, "60")])
def test_retry_after(wait: float, header: str) -> None:
    assert answer(exceptions.Throttled(wait))["Retry-After"] == header


def test_retry_after_overload() -> None:
    assert int(answer(errors.Overloaded())["Retry-After"]) > 0


def test_defects_are_not_hidden() -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None


BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_browsers_get_a_page() -> None:
    response = Client().get("/nowhere", headers=BROWSER)
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing at this address." in response.content.decode()


def test_programs_get_the_problem() -> None:
    response = Client().get("/nowhere", headers={"accept": "*/*"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_expired_form_in_a_browser(settings: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(settings.LOGIN_URL, headers=BROWSER)
    assert response.status_code == 403
    assert "reload the page and send it again" in response.content.decode()


def test_unknown_host_name() -> None:
    response = Client().get("/nowhere", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "ALLOWED_HOSTS" in response.json()["detail"]
