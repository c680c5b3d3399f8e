"""One shape for every error: problem details (RFC 9457) with a stable `code`.

    {"type": "about:blank", "title": "Conflict", "status": 409,
     "code": "sold_out", "detail": "Only 2 are left.", "errors": [], "request_id": "…"}

`errors` names the fields of an invalid body: {"field": "price", "code": "min_value", "detail": …}.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    UnreadablePostError,
)
from django.template.loader import render_to_string
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ecom.outage import outage
from ecom.request_log import current_request_id

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
# What a service publishes for its peer is read from memory.
WITHOUT_DATABASE = frozenset({"/.well-known/jwks.json", "/catalog/peer/jwks.json"})
# In place of the libraries' own, which do not say what to do.
SENTENCES = {
    "not_authenticated": "Sign in first, and send the header Authorization: Bearer <token>.",
    "bad_authorization_header": "The header must be Authorization: Bearer <token>.",
    "token_not_valid": "The token is not valid or has expired. Sign in again.",
}


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = "This is not possible in the present state."
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_detail = "It was changed in the meantime. Read it again and repeat the change."
    default_code = "precondition_failed"


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send If-Match with the ETag of what you read, so that nothing newer is lost."
    default_code = "precondition_required"


class IdempotencyKeyReused(exceptions.APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was used for a different request. Use a new one."
    default_code = "idempotency_key_reused"


class Overloaded(exceptions.APIException):
    status_code = 503
    default_detail = "Too much is going on at the moment. Try again in a few seconds."
    default_code = "overloaded"
    wait = 2  # seconds, sent as Retry-After


class DatabaseUnavailable(exceptions.APIException):
    status_code = 503
    default_detail = "The database does not answer at the moment. Try again in a few seconds."
    default_code = "database_unavailable"
    wait = 5  # seconds, sent as Retry-After


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
        "request_id": current_request_id(),
    }


def field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """The leaves of a ValidationError's nested details, each with its dotted path."""
    if isinstance(details, dict):
        for name, value in details.items():
            yield from field_errors(value, f"{path}.{name}" if path else str(name))
    elif isinstance(details, list):
        for index, value in enumerate(details):
            nested = isinstance(value, dict | list)
            yield from field_errors(value, f"{path}[{index}]" if nested else path)
    else:
        yield {"field": path, "code": details.code or "invalid", "detail": str(details)}


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    elif isinstance(exception, UnreadablePostError):
        exception = exceptions.ParseError("The body stopped coming before its end.")
    elif isinstance(exception, OperationalError | InterfaceError):
        logger.error("The database failed", exc_info=exception)
        outage.notice(exception)
        exception = DatabaseUnavailable()
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    response = Response(problem_of(exception), status=exception.status_code)
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        response["Retry-After"] = str(ceil(wait))
    renderer = getattr(context.get("request"), "accepted_renderer", None)
    if renderer is None or isinstance(renderer, JSONRenderer):
        response.content_type = CONTENT_TYPE
    return response


def problem_of(exception: exceptions.APIException) -> dict[str, Any]:
    detail: Any = exception.detail
    if isinstance(exception, exceptions.ValidationError):
        errors = list(field_errors(detail))
        sentence = "; ".join(
            f"{error['field']}: {error['detail']}" if error["field"] else error["detail"]
            for error in errors
        )
        return problem(400, "invalid", sentence, errors)
    if isinstance(detail, dict):  # simplejwt's exceptions
        code, sentence = str(detail["code"]), str(detail["detail"])
    else:
        code, sentence = detail.code, str(detail)
    return problem(exception.status_code, code, SENTENCES.get(code, sentence))


def page_error(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Outside the API: a page for who asks for one, as browsers do, and the problem for others."""
    if "text/html" in request.headers.get("Accept", ""):
        page = render_to_string("ecom/error.html", {"detail": detail})
        return HttpResponse(page, status=status)
    return JsonResponse(problem(status, code, detail), status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        detail = "The shop is not known by this host name. (ALLOWED_HOSTS has those that it is.)"
    else:
        detail = "This request cannot be understood."
    return page_error(request, 400, "bad_request", detail)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_error(request, 403, "permission_denied", "You are not allowed to do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_error(request, 404, "not_found", "There is nothing at this address.")


def database_unavailable(request: HttpRequest) -> HttpResponse:
    detail = DatabaseUnavailable.default_detail
    response = page_error(request, 503, DatabaseUnavailable.default_code, detail)
    response["Retry-After"] = str(DatabaseUnavailable.wait)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        outage.notice(error)
        return database_unavailable(request)
    detail = "Something went wrong here. It has been logged."
    return page_error(request, 500, "server_error", detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = "The form has expired. Go back, reload the page and send it again."
    return page_error(request, 403, "csrf_failed", detail)


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in WITHOUT_DATABASE and outage.goes_on():
            return database_unavailable(request)
        return self.get_response(request)
