"""What drf-spectacular cannot see by itself: the error responses, and the ways to sign in.

The errors follow from the view: 400, 413 and 415 where a body is read, 401 and 503 where tokens
are, 403 where something is changed, 404 where the path names something, 429 where calls are
counted. What else a view answers stands in its `error_statuses`: {"post": [409]}.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from rest_framework import serializers

from ecom.authentication import TokenAuthentication
from ecom.errors import CONTENT_TYPE

RETRY_STATUSES = {429, 503}


class FieldProblemSerializer(serializers.Serializer[None]):
    field = serializers.CharField(help_text="Dotted path of the field; empty for the whole body.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[None]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs: does not change.")
    detail = serializers.CharField(help_text="For people: what is wrong and what to do.")
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment]
    request_id = serializers.CharField(help_text="Also in X-Request-ID and in each log line.")


class AutoSchema(SpectacularAutoSchema):  # type: ignore[no-untyped-call]
    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status in sorted(set(self.error_statuses(operation))):
            operation["responses"].setdefault(str(status), self.problem_response(status))
        return operation

    def error_statuses(self, operation: dict[str, Any]) -> Iterator[int]:
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        if "requestBody" in operation:
            yield from (400, 413, 415)
        if "query" in places:
            yield 400
        if "path" in places:
            yield 404
        authenticators = self.view.get_authenticators()
        if any(isinstance(each, TokenAuthentication) for each in authenticators):
            yield from (401, 503)
            if self.method != "GET":
                yield 403
        if getattr(self.view, "throttle_scope", None):
            yield 429
        yield 406
        yield from getattr(self.view, "error_statuses", {}).get(self.method.lower(), [])

    def _get_request_body(self, direction: str = "request") -> Any:
        # A body on DELETE has no defined meaning (RFC 9110, 9.3.5), so drf-spectacular leaves it
        # out. One call of the original API has it all the same.
        method = self.method
        if method == "DELETE" and getattr(self.view, "deletes_with_body", False):
            self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method

    def problem_response(self, status: int) -> dict[str, Any]:
        component = self.resolve_serializer(ProblemSerializer, "response")
        response: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "content": {CONTENT_TYPE: {"schema": component.ref}},
        }
        if status in RETRY_STATUSES:
            response["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
        return response


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "ecom.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: SpectacularAutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "ecom.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: SpectacularAutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
