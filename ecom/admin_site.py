"""What both admins have in common: one way in, and lists that cost the same however long."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

MAX_COUNTED = 1000


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


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody would page: a count over everything is never asked."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[:MAX_COUNTED].count()


class ListAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Rows come and go by the API's rules only."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
