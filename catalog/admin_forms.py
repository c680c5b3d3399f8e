from typing import Any

from django import forms
from import_export.forms import ConfirmImportForm, ImportForm

from catalog.bulk.formats import FORMATS
from catalog.bulk.owners import Owner, UnknownOwnerError
from catalog.bulk.resources import COLUMNS, REQUIRED
from catalog.models import MAX_STOCK, Item, UploadPart
from ecom.peers import PeerUnavailable


class ItemForm(forms.ModelForm[Item]):
    class Meta:
        model = Item
        fields = ["name", "description", "sku", "price"]


class OptionsForm(forms.Form):
    """What import_items takes as options."""

    owner = forms.CharField(help_text="The handle of the account that the items are to belong to.")
    stock = forms.IntegerField(
        min_value=0,
        max_value=MAX_STOCK,
        required=False,
        help_text="Sets the stock of every item in the file. Empty: only new items get a stock.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COLUMNS:
            self.fields[f"{name}_column"] = forms.CharField(
                label=f"Column of the {name}", initial=name, required=name in REQUIRED
            )

    def clean_owner(self) -> Owner:
        try:
            return Owner.find(self.cleaned_data["owner"])
        except UnknownOwnerError as error:
            raise forms.ValidationError(str(error)) from error
        except PeerUnavailable as error:
            raise forms.ValidationError(str(error.detail)) from error

    def resource_kwargs(self) -> dict[str, Any]:
        """ItemImport's, of a valid form."""
        columns = {name: self.cleaned_data[f"{name}_column"] for name in COLUMNS}
        return {
            "owner": self.cleaned_data["owner"],
            "stock": self.cleaned_data["stock"],
            "columns": {name: column for name, column in columns.items() if column},
        }

    def as_initial(self) -> dict[str, Any]:
        """The same choices, for the form that confirms them."""
        names = ["stock", *(f"{name}_column" for name in COLUMNS)]
        choices = {name: self.cleaned_data[name] for name in names}
        return choices | {"owner": self.cleaned_data["owner"].handle}


class ItemImportForm(OptionsForm, ImportForm):
    pass


class ItemConfirmForm(OptionsForm, ConfirmImportForm):
    format = forms.ChoiceField(choices=[(str(index), index) for index in range(len(FORMATS))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()

    def clean_import_file_name(self) -> str:
        name = str(self.cleaned_data["import_file_name"])
        if not UploadPart.objects.filter(upload=name).exists():
            raise forms.ValidationError("The file is no longer here. Upload it again.")
        return name
