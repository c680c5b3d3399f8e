"""One line per request, each with the request's id. No addresses, e-mails, bodies or queries."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# Asked for every few seconds, for ever.
ROUTINE = frozenset({"/health", "/ready", "/accounts/peer/revocations/"})
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    return _request_id.get()


def route(request: HttpRequest) -> str:
    """The route's pattern and not the path, which may hold a handle or a mailed link's token."""
    match = request.resolver_match
    return f"/{match.route}" if match else "-"


class RequestIDFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


class RequestLogMiddleware:
    """Takes the id from X-Request-ID where it is well formed, or makes one, and sends it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        reset = _request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response[HEADER] = request_id
            self.log(request, response.status_code, time.perf_counter() - started)
            return response
        finally:
            _request_id.reset(reset)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # In place of django.request's line, which quotes the path.
        logger.error("%s %s failed", request.method, route(request), exc_info=exception)

    def log(self, request: HttpRequest, status: int, seconds: float) -> None:
        routine = request.path in ROUTINE and status < 400
        milliseconds = round(seconds * 1000, 1)
        logger.log(
            logging.DEBUG if routine else logging.INFO,
            "%s %s %d %s ms",
            request.method,
            route(request),
            status,
            milliseconds,
            extra={
                "method": request.method,
                "route": route(request),
                "status": status,
                "duration_ms": milliseconds,
            },
        )
