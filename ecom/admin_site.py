from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class ServiceAdminSite(AdminSite):
    """A service's admin, entered through the service's one sign-in page with its throttle."""

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(index)
        following = urlencode({"next": request.GET.get("next", index)})
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{following}")
