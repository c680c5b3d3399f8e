"""Pages with `next` and `previous`, also as a Link header (RFC 8288)."""

import re
from typing import Any

from django.db.models import QuerySet
from django.template import loader
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from catalog.keyset import CURSOR, Cursor, Position, Walk

MAX_LIMIT = 100
DEFAULT_LIMIT = 25


class KeysetPagination(BasePagination):
    next: str | None = None
    previous: str | None = None

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        cursor = self.cursor()
        back = cursor is not None and cursor.back
        walk = self.walk(queryset)
        walk = (walk.backwards() if back else walk).after(cursor.position if cursor else None)
        rows, rest = self.collect(walk, self.limit())
        first = Position.of(rows[0]) if rows else rest
        further = self.url(Cursor(rest, back)) if rest else None
        returning = self.url(Cursor(first, not back) if first else None) if cursor else None
        self.next, self.previous = (returning, further) if back else (further, returning)
        return rows[::-1] if back else rows

    def walk(self, queryset: QuerySet[Any]) -> Walk:
        return Walk.along(queryset)

    def collect(self, walk: Walk, limit: int) -> tuple[list[Any], Position | None]:
        """A page's rows, and the position after which there are more."""
        rows = walk.take(limit + 1)
        return rows[:limit], Position.of(rows[limit - 1]) if len(rows) > limit else None

    def limit(self) -> int:
        text = self.request.query_params.get("limit", str(DEFAULT_LIMIT))
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
            raise ValidationError({"limit": f"Give a number from 1 to {MAX_LIMIT}."})
        return int(text)

    def cursor(self) -> Cursor | None:
        text = self.request.query_params.get("cursor")
        if text is None:
            return None
        try:
            return Cursor.parse(text)
        except ValueError as error:
            raise ValidationError(
                {"cursor": "This is no cursor. Use the links next and previous."}
            ) from error

    def url(self, cursor: Cursor | None) -> str:
        url = self.request.build_absolute_uri()
        if cursor is None:
            return remove_query_param(url, "cursor")
        return replace_query_param(url, "cursor", str(cursor))

    def links(self) -> dict[str, str]:
        links = [("next", self.next), ("prev", self.previous)]
        header = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links if url)
        return {"Link": header} if header else {}

    def get_paginated_response(self, data: Any) -> Response:
        body = {"next": self.next, "previous": self.previous, "results": data}
        return Response(body, headers=self.links())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        url = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": url, "previous": url, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "default": DEFAULT_LIMIT,
        }
        cursor = {"type": "string", "pattern": CURSOR}
        return [
            {"name": "limit", "in": "query", "schema": limit},
            {
                "name": "cursor",
                "in": "query",
                "schema": cursor,
                "description": "As in the links next and previous.",
            },
        ]

    @property
    def display_page_controls(self) -> bool:  # type: ignore[override]
        return bool(self.next or self.previous)

    def to_html(self) -> str:
        template = loader.get_template("rest_framework/pagination/previous_and_next.html")
        return template.render({"previous_url": self.previous, "next_url": self.next})
