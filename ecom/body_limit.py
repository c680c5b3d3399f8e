"""No body above the limit is read. Only the admin's import takes larger ones."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ecom.errors import page_error


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return page_error(request, 400, "bad_request", "Content-Length is not a number.")
        imports = request.path.startswith("/catalog/admin/") and "/import/" in request.path
        limit = settings.IMPORT_MAX_BYTES if imports else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > limit:
            detail = f"The body is {length} bytes; at most {limit} are read."
            return page_error(request, 413, "body_too_large", detail)
        return self.get_response(request)
