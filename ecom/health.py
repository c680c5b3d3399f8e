"""/health: the process lives. /ready: its database is migrated and answers, and it has keys.

Answered before ALLOWED_HOSTS and the redirect to HTTPS, since a load balancer asks over HTTP
with the target's address as Host.
"""

import logging
from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse

from ecom.keys import key_store
from ecom.outage import database_answers, outage

logger = logging.getLogger(__name__)


def keys_load() -> bool:
    try:
        key_store.load()
    except ImproperlyConfigured:
        logger.exception("There are no signing keys")
        return False
    return True


def ready() -> HttpResponse:
    """During an outage it waits no longer than other calls."""
    checks = {"database": not outage.goes_on() and database_answers(), "keys": keys_load()}
    passed = all(checks.values())
    response = JsonResponse(
        {"status": "ok" if passed else "unavailable", "checks": checks},
        status=200 if passed else 503,
    )
    if not passed:
        response["Retry-After"] = "5"
    return response


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in {"/health", "/ready"}:
            return self.get_response(request)
        response = answer(request)
        # As Django's CommonMiddleware does for all others: without it, or with chunks, some
        # servers close the connection.
        response["Content-Length"] = str(len(response.content))
        return response


def answer(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if request.path == "/health":
        return JsonResponse({"status": "ok"})
    return ready()
