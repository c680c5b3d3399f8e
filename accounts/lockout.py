"""What django-axes asks back: whose failures are counted together, and what to answer then."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from ecom.client_address import network_of

MAX_USERNAME = 255  # characters of axes' column
DETAIL = "Too many failed attempts from your address. Try again in 15 minutes."


def username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """One e-mail address, however it is spelled. Unknown ones count like known ones."""
    given = (credentials or request.POST).get("username")
    return User.objects.normalize_email(given)[:MAX_USERNAME]


def address(request: HttpRequest) -> str:
    return network_of(request.META.get("REMOTE_ADDR", ""))


def seconds() -> int:
    return int(settings.AXES_COOLOFF_TIME.total_seconds())


def respond(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The API has answered with a 429 by itself; sign-in pages take every refusal as a typo."""
    if response.status_code == 429:
        return response
    page = render(request, "ecom/error.html", {"detail": DETAIL}, status=429)
    page["Retry-After"] = str(seconds())
    return page
