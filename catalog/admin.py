"""The admin for those who run the shop: find items, take them off sale, look at what was sold."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from rest_framework.exceptions import APIException

from catalog.admin_import import ImportAdmin
from catalog.errors import ItemWithdrawn
from catalog.models import Entry, Item
from ecom.admin_site import ListAdmin, ServiceAdminSite
from ecom.authentication import SESSION_KEY
from ecom.errors import Overloaded
from ecom.peers import PeerUnavailable, accounts_peer
from ecom.principal import Principal

MAX_WITHDRAWN = 1000  # items at once


class CatalogAdminSite(ServiceAdminSite):
    site_header = "Catalog"
    site_title = "Catalog"
    index_title = "Items and sales"
    site_url = "/catalog/"
    enable_nav_sidebar = False  # two lists need none, and it takes their room

    def has_permission(self, request: HttpRequest) -> bool:
        """Not after the sign-in was revoked at accounts, nor while nobody can know."""
        if not super().has_permission(request):
            return False
        if not hasattr(request, "is_revoked"):  # it is asked several times for a page
            request.is_revoked = self.is_revoked(request)  # type: ignore[attr-defined]
        return not request.is_revoked  # type: ignore[attr-defined]

    def is_revoked(self, request: HttpRequest) -> bool:
        claims = request.session.get(SESSION_KEY)
        if claims is None:
            return False
        try:
            return accounts_peer().is_revoked(Principal.from_claims(claims))
        except PeerUnavailable:
            return True


site = CatalogAdminSite(name="catalog_admin")


class NewestFirstAdmin(ListAdmin):
    sortable_by = ()
    ordering = ["-id"]


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"
    conditions: ClassVar[dict[str, dict[str, Any]]] = {
        "On sale": {"on_sale__in": [True]},  # SQLite uses no index for a bare boolean
        "Sold out": {"on_sale__in": [False], "withdrawn_at__isnull": True},
        "Withdrawn": {"on_sale__in": [False], "withdrawn_at__isnull": False},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state) for state in self.conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**self.conditions.get(self.value() or "", {}))


@admin.register(Item, site=site)
class ItemAdmin(ImportAdmin, NewestFirstAdmin):
    list_display = ["name", "sku", "owner", "price", "stock", "on_sale", "created"]
    list_filter = [StateFilter]
    search_fields = ["name", "=sku", "=owner", "id__exact"]
    search_help_text = "Part of a name, or all of a sku, a handle or an id."
    editable = ["name", "description", "sku", "price"]
    readonly_fields = [
        "id",
        "owner",
        "stock",
        "on_sale",
        "created",
        "updated",
        "withdrawn_at",
        "sales",
    ]
    fields = [*editable, *readonly_fields]
    actions = ["withdraw"]

    @admin.display(description="sales and withdrawals")
    def sales(self, item: Item) -> str:
        url = reverse("admin:catalog_entry_changelist", current_app=self.admin_site.name)
        return format_html('<a href="{}?q={}">In the ledger</a>', url, item.id)

    def has_change_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        withdrawn = obj is not None and obj.withdrawn_at is not None
        return super().has_change_permission(request, obj) and not withdrawn

    def save_model(
        self, request: HttpRequest, obj: Item, form: "ModelForm[Item]", change: bool
    ) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        Item.objects.act_on_latest(obj.pk, lambda item: item.change(**changes))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except APIException as error:
            messages.error(request, str(error.detail))
            return HttpResponseRedirect(request.get_full_path())

    @admin.action(description="Take off sale for good", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Item]) -> None:
        done = 0
        for item in queryset.filter(withdrawn_at=None)[:MAX_WITHDRAWN]:
            try:
                Item.objects.act_on_latest(item.pk, Item.withdraw)
            except (ItemWithdrawn, Overloaded):
                continue
            self.log_change(request, item, "Taken off sale.")
            done += 1
        rest = " Repeat it for the rest." if done == MAX_WITHDRAWN else ""
        self.message_user(request, f"Taken off sale: {done:,}.{rest}")


@admin.register(Entry, site=site)
class EntryAdmin(NewestFirstAdmin):
    list_display = ["created", "kind", "quantity", "name", "price", "buyer", "seller", "item_id"]
    list_filter = ["kind"]
    search_fields = ["item_id__exact", "=buyer", "=seller", "id__exact"]
    search_help_text = "All of an item's id, a handle or an entry's id."

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
