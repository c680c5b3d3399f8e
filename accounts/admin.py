from typing import Any

from axes.utils import reset
from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import Closure, Session, User
from ecom.admin_site import ListAdmin, ServiceAdminSite


class AccountsAdminSite(ServiceAdminSite):
    site_header = "Accounts"
    site_title = "Accounts"
    index_title = "People and their sessions"


site = AccountsAdminSite(name="accounts_admin")


class LowerCaseSearchAdmin(ListAdmin):
    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        # Handles and e-mail addresses are stored in lower case.
        return super().get_search_results(request, queryset, search_term.lower())


@admin.register(User, site=site)
class UserAdmin(LowerCaseSearchAdmin):
    list_display = ["handle", "email", "is_active", "is_staff", "date_joined", "closed_at"]
    list_filter = ["is_active", "is_staff", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = ["email__startswith", "handle__startswith"]
    search_help_text = "How the e-mail address or the handle begins."
    ordering = ["handle"]
    privileges = ["is_staff", "is_superuser", "user_permissions"]
    readonly_fields = ["id", "handle", "email", "is_active", "gen", "date_joined", "closed_at"]
    fields = [*readonly_fields, *privileges]
    filter_horizontal = ["user_permissions"]
    actions = ["lock", "unlock", "end_sessions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Otherwise staff who may change accounts could make themselves superusers.
        superuser = isinstance(request.user, User) and request.user.is_superuser
        return self.readonly_fields + ([] if superuser else self.privileges)

    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[User]", change: bool
    ) -> None:
        # Only these columns: the others may have changed since the row was read.
        flags = {"is_staff", "is_superuser"} & set(form.changed_data)
        obj.save(update_fields=flags)
        if flags:
            obj.revoke_tokens()

    @admin.action(description="Lock: no sign-in, every session ends", permissions=["change"])
    def lock(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            user.lock()
            self.log_change(request, user, "Locked.")

    @admin.action(description="Unlock, and forget failed sign-ins", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            user.unlock()
            if user.email:
                reset(username=user.email)
            self.log_change(request, user, "Unlocked.")

    @admin.action(description="End every session", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            user.revoke_tokens()
            self.log_change(request, user, "Sessions ended.")


class ReadOnlyAdmin(ListAdmin):
    list_select_related = ["user"]
    search_fields = ["user__handle__startswith"]
    search_help_text = "How the account's handle begins."

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Session, site=site)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["user", "address", "user_agent", "created_at", "last_used_at", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    exclude = ["refresh_digest", "browser_key"]


@admin.register(Closure, site=site)
class ClosureAdmin(ReadOnlyAdmin):
    list_display = ["user", "requested_at", "acknowledged_at", "attempts", "last_error"]
    list_filter = [("acknowledged_at", admin.EmptyFieldListFilter)]
