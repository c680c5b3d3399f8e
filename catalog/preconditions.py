"""Headers that make a repeated or outdated request harmless."""

import re

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog.models import Item
from ecom.errors import PreconditionFailed, PreconditionRequired

KEY = r"^[\x21-\x7e]{1,255}$"

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    pattern=KEY,
    description="Makes repeating the request safe: the same key has one effect and one answer.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the item as it was read, or *.",
)


def idempotency_key(request: Request) -> str:
    """The key, empty where none is sent. Raises ValidationError."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(KEY, key):
        raise ValidationError({"Idempotency-Key": "Send 1 to 255 visible ASCII characters."})
    return key or ""


def check_if_match(request: Request, item: Item) -> None:
    """Raises PreconditionRequired or PreconditionFailed (RFC 9110, 13.1.1; RFC 6585, 3)."""
    given = request.headers.get("If-Match")
    if given is None:
        # The browsable API's forms cannot send the header.
        if request.accepted_renderer.format == "api":
            return
        raise PreconditionRequired
    etags = parse_etags(given)
    if "*" not in etags and item.etag not in etags:
        raise PreconditionFailed
