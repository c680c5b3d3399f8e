"""The routes of the original little-ecom, for its clients: on the native API's rules.

What is sold out is gone here, and the answers of writes are empty.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.errors import ItemWithdrawn, OwnItem, SoldOut
from catalog.models import Item
from catalog.pagination import KeysetPagination
from catalog.permissions import PublicReads
from catalog.preconditions import IDEMPOTENCY_KEY, idempotency_key
from catalog.prices import PriceNumberField
from catalog.serializers import NOT_BLANK
from catalog.views import Throttled, read_offered
from ecom.authentication import principal_of
from ecom.fields import TextField
from ecom.original import OriginalView

TAGS = ["original"]


class OriginalItemSerializer(serializers.ModelSerializer[Item]):
    name = TextField(max_length=200, validators=[NOT_BLANK])
    price = PriceNumberField()

    class Meta:
        model = Item
        fields = ("id", "owner", "name", "price")
        read_only_fields = ("id", "owner")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Clients send back what they read, id and owner included."""
        for name in ("id", "owner"):
            sent = self.initial_data.get(name)
            if self.instance and sent not in (None, getattr(self.instance, name)):
                raise ValidationError({name: f"The {name} of an item cannot be changed."})
        return attrs


class OriginalCatalogView(Throttled, OriginalView):
    queryset = Item.objects.filter(on_sale__in=[True]).order_by("-position")
    serializer_class = OriginalItemSerializer

    def read(self, pk: str) -> Item:
        item = read_offered(pk)
        if not item.stock:
            raise NotFound("This item is sold out.")
        self.check_object_permissions(self.request, item)
        return item


class OriginalOfferView(OriginalCatalogView):
    error_statuses = {"post": [422]}

    @extend_schema(
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        responses={(201, "text/plain"): OpenApiTypes.STR},
    )
    def post(self, request: Request) -> HttpResponse:
        """Offer one unit of an item. Answers its id."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        item = Item.objects.offer(
            owner_id=principal_of(request).id,
            owner=principal_of(request).handle,
            key=idempotency_key(request),
            **serializer.validated_data,
        )
        return HttpResponse(item.id, status=201, content_type="text/plain; charset=utf-8")


@method_decorator(conditional_page, name="dispatch")
class OriginalItemView(PublicReads, OriginalCatalogView):
    @extend_schema(tags=TAGS)
    def get(self, request: Request, id: str) -> Response:
        """One item that is on sale."""
        return Response(self.get_serializer(self.read(id)).data)

    @extend_schema(tags=TAGS, responses={200: None})
    def put(self, request: Request, id: str) -> Response:
        """Change one's own item."""
        item = self.read(id)
        serializer = self.get_serializer(item, data=request.data)
        serializer.is_valid(raise_exception=True)
        Item.objects.act_on_latest(
            item.id, lambda latest: latest.change(**serializer.validated_data)
        )
        return Response()

    @extend_schema(tags=TAGS, responses={200: None})
    def delete(self, request: Request, id: str) -> Response:
        """Withdraw one's own item."""
        Item.objects.act_on_latest(self.read(id).id, Item.withdraw)
        return Response()


class OriginalPurchaseView(OriginalCatalogView):
    error_statuses = {"post": [400, 422]}

    @extend_schema(tags=TAGS, parameters=[IDEMPOTENCY_KEY], request=None, responses={200: None})
    def post(self, request: Request, id: str) -> Response:
        """Buy one unit."""
        try:
            Item.objects.get(pk=id).buy(principal_of(request), key=idempotency_key(request))
        except (Item.DoesNotExist, ItemWithdrawn, SoldOut) as error:
            raise NotFound("This item is gone.") from error
        except OwnItem as error:
            raise ValidationError(error.detail, error.default_code) from error
        return Response()


class OriginalPagination(KeysetPagination):
    """A bare array. The rest is behind the Link header's rel="next"."""

    def limit(self) -> int:
        return 1000

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data, headers=self.links())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return super().get_schema_operation_parameters(view)[1:]


@extend_schema_view(get=extend_schema(tags=TAGS, operation_id="item_list"))
@method_decorator(conditional_page, name="dispatch")
class OriginalItemsView(PublicReads, OriginalCatalogView, generics.ListAPIView[Item]):
    """What is on sale, the newest first, at most 1,000 of them."""

    pagination_class = OriginalPagination


@extend_schema_view(get=extend_schema(tags=TAGS, operation_id="item_list_of_owner"))
class OriginalOwnerView(OriginalItemsView):
    """What one owner has on sale."""

    def get_queryset(self) -> QuerySet[Item]:
        return super().get_queryset().filter(owner=self.kwargs["owner"])
