"""The admin's import in two steps, and its export."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_permission_codename
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from catalog.admin_forms import ItemConfirmForm, ItemImportForm, OptionsForm
from catalog.bulk.datasets import UnreadableFileError
from catalog.bulk.formats import FORMATS
from catalog.bulk.owners import Owner
from catalog.bulk.resources import ItemExport, ItemImport
from catalog.bulk.results import ImportResult, refused_csv
from catalog.bulk.uploads import DatabaseStorage
from catalog.errors import AccountClosed
from catalog.models import Item
from ecom.errors import Overloaded

MAX_EXPORTED = 20_000  # items in one answer: some seconds for XLSX
NOBODY = Owner(UUID(int=0), "")  # where only the columns are asked for


class ImportAdmin(ImportExportMixin):
    """Refused lines are shown and can be fetched as a file; confirming imports the good ones."""

    formats = FORMATS
    tmp_storage_class = DatabaseStorage
    import_form_class = ItemImportForm
    confirm_form_class = ItemConfirmForm
    export_form_class = ExportForm
    import_template_name = "admin/catalog/item/import.html"

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[ItemImport]]:
        return [ItemImport]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[ItemExport]]:
        return [ItemExport]

    def has_import_permission(self, request: HttpRequest) -> bool:
        codenames = [get_permission_codename(action, Item._meta) for action in ("add", "change")]
        return request.user.has_perms([f"catalog.{codename}" for codename in codenames])

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_import_resource_kwargs(
        self, request: HttpRequest, form: OptionsForm, **kwargs: Any
    ) -> dict[str, Any]:
        return form.resource_kwargs() if form.is_valid() else {"owner": NOBODY}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        return initial | (import_form.as_initial() if import_form else {})

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        if not isinstance(e, UnreadableFileError):
            raise e
        form.add_error("import_file", str(e))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refused)
        return [path("import/refused/", view, name="catalog_item_refused"), *super().get_urls()]

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        try:
            response: HttpResponse = super().process_import(request, **kwargs)
        except (AccountClosed, Overloaded) as error:
            return self.back_to_upload(request, str(error.detail))
        return response

    def back_to_upload(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        url = reverse("admin:catalog_item_import", current_app=self.admin_site.name)
        return HttpResponseRedirect(url)

    def refused(self, request: HttpRequest) -> HttpResponse:
        """The refused lines of an upload that waits for its confirmation, as a CSV file."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_confirm_form(request)
        if not form.is_valid():
            return self.back_to_upload(request, "The file is no longer here. Upload it again.")
        file_format = FORMATS[int(form.cleaned_data["format"])]()
        upload = DatabaseStorage(name=form.cleaned_data["import_file_name"])
        dataset = file_format.create_dataset(upload.read())
        result = ItemImport(**form.resource_kwargs()).import_data(dataset, dry_run=True)
        return HttpResponse(
            refused_csv(dataset, result.refusals),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="items.refused.csv"'},
        )

    def generate_log_entries(self, result: ImportResult, request: HttpRequest) -> None:
        """One entry for the import; one for each item would fill the log."""
        LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type=ContentType.objects.get_for_model(Item),
            object_repr="Import",
            action_flag=CHANGE,
            change_message=result.sentence(),
        )

    def add_success_message(self, result: ImportResult, request: HttpRequest) -> None:
        level = messages.WARNING if result.refusals else messages.SUCCESS
        messages.add_message(request, level, f"Imported: {result.sentence()}.")

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        items: QuerySet[Item] = super().get_export_queryset(request)
        if items[MAX_EXPORTED:].exists():
            messages.warning(
                request,
                f"Only {MAX_EXPORTED:,} items are exported. manage.py export_items exports all.",
            )
        return items[:MAX_EXPORTED]
