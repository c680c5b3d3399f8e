"""No body above the limit is read. Only the admin's import takes larger ones."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from ecom.errors import page_error


def may_import(request: HttpRequest) -> bool:
    """On the admin's import for who is signed in, since a form is read before anybody looks at
    what they may do."""
    if not (request.path.startswith("/catalog/admin/") and "/import/" in request.path):
        return False
    store = import_module(settings.SESSION_ENGINE).SessionStore
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(key) and SESSION_KEY in store(key)


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return page_error(request, 400, "bad_request", "Content-Length is not a number.")
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > limit and may_import(request):
            limit = settings.IMPORT_MAX_BYTES
        if length > limit:
            detail = f"The body is {length} bytes; at most {limit} are read."
            return page_error(request, 413, "body_too_large", detail)
        return self.get_response(request)
