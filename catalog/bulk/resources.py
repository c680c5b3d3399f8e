"""What a line of a file is to the catalog, by django-import-export's resources."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import RowResult
from rest_framework import serializers

from catalog.bulk.cells import CellWidget, CountWidget, TextWidget
from catalog.bulk.datasets import FileDataset, UnreadableFileError
from catalog.bulk.owners import Owner
from catalog.bulk.results import ImportResult, Refusal
from catalog.bulk.upsert import Upsert
from catalog.models import Item, sku_key
from catalog.serializers import ItemSerializer
from ecom.fields import TextField

REQUIRED = ["sku", "name", "price"]
PREVIEWED = 20  # items
UPDATED = ["name", "price", "description"]
COLUMNS = ["sku", "name", "price", "description", "stock"]


class LineSerializer(ItemSerializer):
    """The API's rules; but a line needs a sku, or importing it twice would make two items."""

    sku = TextField(max_length=64)

    class Meta(ItemSerializer.Meta):
        fields = COLUMNS  # type: ignore[assignment]


def no_progress(step: str, done: int, total: int) -> None:
    pass


class ItemImport(ModelResource):
    """Creates an owner's items or updates them by sku: of several lines, the last good one.

    The stock is set where `stock` is given. Otherwise only new items get one: that of their line,
    or 1.
    """

    sku = Field("sku", "sku", TextWidget())
    name = Field("name", "name", TextWidget())
    price = Field("price", "price", CellWidget())
    description = Field("description", "description", TextWidget())
    stock = Field("stock", "stock", CountWidget())

    class Meta:
        model = Item
        fields = COLUMNS
        import_id_fields = ["sku"]
        force_init_instance = True
        use_bulk = True
        batch_size = None  # nothing is written before every line has been looked at
        skip_diff = True

    def __init__(
        self,
        owner: Owner,
        columns: Mapping[str, str] | None = None,
        stock: int | None = None,
        progress: Callable[[str, int, int], None] = no_progress,
    ) -> None:
        super().__init__()
        self.owner = owner
        self.new_stock = stock
        self.progress = progress
        self.rules = LineSerializer()
        self.wanted: dict[str, Item] = {}
        self.refusals: list[Refusal] = []
        for name, column in (columns or {}).items():
            self.fields[name].column_name = column

    @classmethod
    def get_result_class(cls) -> type[ImportResult]:
        return ImportResult

    def import_data(
        self, dataset: FileDataset, dry_run: bool = False, raise_errors: bool = False, **kwargs: Any
    ) -> ImportResult:
        # The parent would open a transaction, on SQLite a lock that makes the whole shop wait.
        result: ImportResult = self.import_data_inner(
            dataset, dry_run, raise_errors, False, False, **kwargs
        )
        return result

    def before_import(self, dataset: FileDataset, **kwargs: Any) -> None:
        self.dataset = dataset
        columns = {name: field.column_name for name, field in self.fields.items()}
        self.compared = [name for name in UPDATED if columns[name] in dataset.headers]
        for name, column in columns.items():
            count = dataset.headers.count(column)
            if count > 1:
                raise UnreadableFileError(f"There are {count} columns {column!r}.")
            if count == 0 and name in REQUIRED:
                found = ", ".join(map(repr, dataset.headers))
                raise UnreadableFileError(
                    f"There is no column {column!r} for the {name}. There are {found}."
                )

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        result = super().import_row(row, instance_loader, **kwargs)
        index = kwargs["row_number"] - 1
        if result.validation_error:
            reason = " ".join(result.validation_error.messages)
            self.refusals.append(Refusal(self.dataset.lines[index], reason, index))
        self.progress("Checking", index + 1, len(self.dataset.lines))
        return result

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        if extra := self.dataset.extras[kwargs["row_number"] - 1]:
            count = len(self.dataset.headers)
            raise ValidationError(f"It has {count + len(extra)} values for {count} columns.")

    def import_instance(self, instance: Item, row: dict[str, Any], **kwargs: Any) -> None:
        """Raises ValidationError, each message with its column."""
        try:
            values = self.rules.run_validation(self.values(row))
        except serializers.ValidationError as error:
            raise ValidationError(list(self.messages(error.detail))) from error
        stock = values.pop("stock", 1) if self.new_stock is None else self.new_stock
        for name, value in values.items():
            setattr(instance, name, value)
        instance.offered, instance.on_sale = stock, stock > 0

    def values(self, row: dict[str, Any]) -> dict[str, Any]:
        found = {n: f.clean(row) for n, f in self.fields.items() if f.column_name in row}
        if found.get("stock") == "":
            del found["stock"]
        return found

    def messages(self, detail: Any) -> Iterator[str]:
        for name, errors in detail.items():
            yield f"{self.fields[name].column_name}: {' '.join(errors)}"

    def save_instance(self, instance: Item, is_create: bool, row: Any, **kwargs: Any) -> None:
        instance.owner_id, instance.owner = self.owner.id, self.owner.handle
        instance.sku_key = sku_key(instance.sku, instance.id)
        instance.create_key = f"id:{instance.id}"
        self.wanted[instance.sku_key] = instance  # a later line replaces an earlier one

    def bulk_create(
        self,
        using_transactions: bool,
        dry_run: bool,
        raise_errors: bool,
        *,
        result: ImportResult,
        **kwargs: Any,
    ) -> None:
        """Called once, when every line has been looked at. Raises AccountClosed or Overloaded."""
        if result.has_errors():
            return
        upsert = Upsert(self.owner, self.compared, self.new_stock, dry_run)
        step = "Comparing" if dry_run else "Writing"
        upsert.run(self.wanted, lambda done: self.progress(step, done, len(self.wanted)))
        first = islice(self.wanted, PREVIEWED)
        result.refusals = self.refusals
        result.created, result.updated = len(upsert.created), len(upsert.updated)
        result.preview = [(upsert.outcome(key), self.wanted[key]) for key in first]
        result.unchanged = len(self.wanted) - result.created - result.updated


class ItemExport(ModelResource):
    id = Field("id", "id", CellWidget())
    owner = Field("owner", "owner", CellWidget())
    sku = Field("sku", "sku", CellWidget())
    name = Field("name", "name", CellWidget())
    description = Field("description", "description", CellWidget())
    price = Field("price", "price", CellWidget())
    stock = Field("stock", "stock", CellWidget())
    created = Field("created", "created", CellWidget())
    updated = Field("updated", "updated", CellWidget())

    class Meta:
        model = Item
        fields = [
            "id",
            "owner",
            "sku",
            "name",
            "description",
            "price",
            "stock",
            "created",
            "updated",
        ]
        chunk_size = 2000

    def __init__(self, progress: Callable[[int], None] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.progress = progress
        self.done = 0

    def export_resource(self, instance: Item, *args: Any, **kwargs: Any) -> list[Any]:
        self.done += 1
        if self.progress:
            self.progress(self.done)
        return list(super().export_resource(instance, *args, **kwargs))
