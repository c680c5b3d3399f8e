from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters

from catalog.models import Item
from ecom.authentication import principal_of

# The orders that an index has. With bounds on the price it has only the latter.
BY_AGE = {"newest": ("-position",), "oldest": ("position",)}
BY_PRICE = {"price": ("price", "position"), "-price": ("-price", "-position")}


class ItemFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        given = {name for name, value in self.cleaned_data.items() if value not in (None, "")}
        ranged = given & {"price_min", "price_max"}
        order = self.cleaned_data.get("order") or ("price" if ranged else "newest")
        if ranged and order in BY_AGE:
            self.add_error("order", "With price_min or price_max, order by price or -price.")
        return self.cleaned_data | {"order": order}


def price_filter() -> Any:
    return filters.NumberFilter(
        method="leave", label="Price", min_value=0, max_digits=12, decimal_places=2
    )


class ItemFilter(filters.FilterSet):
    owner = filters.CharFilter(max_length=150, help_text="The handle of who offers it.")
    price_min = price_filter()
    price_max = price_filter()
    search = filters.CharFilter(
        max_length=200,
        method="leave",
        help_text="A text in the name or description. A page that took more than a second to "
        "find is cut short: follow next.",
    )
    order = filters.ChoiceFilter(
        choices=[(name, name) for name in (*BY_AGE, *BY_PRICE)],
        method="in_order",
        help_text="newest where nothing is given; price with price_min or price_max, which go "
        "with no order by age.",
    )

    class Meta:
        model = Item
        fields: list[str] = []
        form = ItemFilterForm

    def leave(self, queryset: QuerySet[Item], name: str, value: Any) -> QuerySet[Item]:
        """ItemPagination has to do with it."""
        return queryset

    def in_order(self, queryset: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return queryset.order_by(*(BY_AGE | BY_PRICE)[value])


class MyItemFilter(filters.FilterSet):
    on_sale = filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")], method="in_state"
    )

    class Meta:
        model = Item
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        # By the handle, which has an index for this; with a second one that begins with owner_id
        # PostgreSQL takes the wrong of the two. The handle is nobody else's: closing an account
        # removes it from the items before anybody can have it anew.
        handle = principal_of(self.request).handle
        return Item.objects.filter(owner=handle, on_sale__in=[value == "true"]).order_by(
            "-position"
        )
