from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from catalog.models import MAX_STOCK, Entry, Item
from catalog.prices import PriceField
from ecom.fields import TextField, WholeNumberField

NOT_BLANK = RegexValidator(r"\S", "This is empty.")


class ItemSerializer(serializers.ModelSerializer[Item]):
    url = serializers.HyperlinkedIdentityField(view_name="catalog:item", lookup_field="id")
    purchases = serializers.HyperlinkedIdentityField(
        view_name="catalog:purchases", lookup_field="id", help_text="Where to buy it."
    )
    name = TextField(max_length=200, validators=[NOT_BLANK])
    description = TextField(
        max_length=4000, default="", allow_blank=True, style={"base_template": "textarea.html"}
    )
    sku = TextField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="The owner's own number for it; unique among the owner's items.",
    )
    price = PriceField()
    stock = WholeNumberField(
        min_value=0,
        max_value=MAX_STOCK,
        required=False,
        help_text="Units on sale now. 1 for a new item; unchanged when left out later.",
    )

    class Meta:
        model = Item
        fields = (
            "id",
            "url",
            "owner",
            "name",
            "description",
            "sku",
            "price",
            "stock",
            "on_sale",
            "purchases",
            "created",
            "updated",
        )
        read_only_fields = ("owner",)

    def create(self, validated_data: dict[str, Any]) -> Item:
        return Item.objects.offer(**validated_data)

    def update(self, instance: Item, validated_data: dict[str, Any]) -> Item:
        instance.change(**validated_data)
        return instance


class EntrySerializer(serializers.ModelSerializer[Entry]):
    item = serializers.CharField(source="item_id", read_only=True)
    price = PriceField(read_only=True, help_text="Of one unit, as it was when sold.")
    buyer = serializers.CharField(
        read_only=True, help_text="Empty once the account is closed, like seller."
    )

    class Meta:
        model = Entry
        fields = ("id", "item", "name", "quantity", "price", "buyer", "seller", "created")
        read_only_fields = fields


class PurchaseSerializer(serializers.Serializer[Entry]):
    quantity = WholeNumberField(min_value=1, max_value=MAX_STOCK, default=1, initial=1)
