from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import renderers


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """The browsable API with this service's own sign-in page, and forms without a query each."""

    template = "ecom/api.html"

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        context = super().get_context(data, accepted_media_type, renderer_context)
        return context | {"login_url": settings.LOGIN_URL, "logout_url": settings.LOGOUT_URL}
