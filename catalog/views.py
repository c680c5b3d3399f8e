"""The native API. Everybody may read what is on sale; only its owner changes an item."""

from typing import Any

from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from catalog.filters import ItemFilter, MyItemFilter
from catalog.models import Entry, Item
from catalog.pagination import KeysetPagination
from catalog.permissions import PublicReads
from catalog.preconditions import IDEMPOTENCY_KEY, IF_MATCH, check_if_match, idempotency_key
from catalog.search import ItemPagination
from catalog.serializers import EntrySerializer, ItemSerializer, PurchaseSerializer
from ecom.authentication import principal_of


class Throttled(generics.GenericAPIView[Any]):
    @property
    def throttle_scope(self) -> str | None:
        if self.request.method not in SAFE_METHODS:
            return "write"
        return "search" if self.request.GET.get("search") else None


def read_offered(pk: str) -> Item:
    """Raises NotFound."""
    try:
        return Item.objects.filter(withdrawn_at__isnull=True).read(pk)
    except Item.DoesNotExist as error:
        raise NotFound("There is no such item, or it is no longer offered.") from error


class RootView(PublicReads):
    """What is on sale, and what is yours. To buy or offer something, sign in."""

    name = "Catalog"
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        names = ("items", "my-items", "my-purchases", "my-sales", "docs", "schema")
        return Response({name: reverse(f"catalog:{name}", request=request) for name in names})


@extend_schema_view(post=extend_schema(parameters=[IDEMPOTENCY_KEY]))
@method_decorator(conditional_page, name="dispatch")
class ItemListView(PublicReads, Throttled, generics.ListCreateAPIView[Item]):
    """What is on sale. Whoever is signed in may offer something."""

    name = "Items"
    # `__in`, since SQLite uses no index for a bare boolean.
    queryset = Item.objects.filter(on_sale__in=[True])
    serializer_class = ItemSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = ItemFilter
    pagination_class = ItemPagination
    error_statuses = {"get": [429], "post": [409, 422]}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = principal_of(request)
        item = serializer.save(owner_id=user.id, owner=user.handle, key=idempotency_key(request))
        url = reverse("catalog:item", [item.id], request=request)
        headers = {"Location": url, "ETag": item.etag}
        return Response(serializer.data, status.HTTP_201_CREATED, headers=headers)


CONDITIONAL = extend_schema(parameters=[IF_MATCH])


@extend_schema_view(put=CONDITIONAL, patch=CONDITIONAL, delete=CONDITIONAL)
@method_decorator(conditional_page, name="dispatch")
class ItemView(PublicReads, Throttled, generics.RetrieveUpdateDestroyAPIView[Item]):
    """One item. To buy it, follow "purchases". Its owner changes or withdraws it here, stating by
    If-Match what was read.
    """

    name = "Item"
    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    error_statuses = {
        "put": [409, 412, 428],
        "patch": [409, 412, 428],
        "delete": [412, 428],
    }

    def get_object(self) -> Item:
        item = read_offered(self.kwargs["id"])
        self.check_object_permissions(self.request, item)
        return item

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item = self.get_object()
        return Response(self.get_serializer(item).data, headers={"ETag": item.etag})

    def update(
        self, request: Request, *args: Any, partial: bool = False, **kwargs: Any
    ) -> Response:
        item = self.get_object()
        check_if_match(request, item)
        serializer = self.get_serializer(item, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, headers={"ETag": item.etag})

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item = self.get_object()
        check_if_match(request, item)
        item.withdraw()
        return Response(status=status.HTTP_204_NO_CONTENT)


@method_decorator(conditional_page, name="dispatch")
class MyItemsView(generics.ListAPIView[Item]):
    """What I have ever offered, also what is sold out or withdrawn."""

    name = "My items"
    serializer_class = ItemSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = MyItemFilter
    pagination_class = KeysetPagination
    queryset = Item.objects.order_by("-position")

    def get_queryset(self) -> QuerySet[Item]:
        return super().get_queryset().filter(owner_id=principal_of(self.request).id)


@method_decorator(conditional_page, name="dispatch")
class MyEntriesView(generics.ListAPIView[Entry]):
    serializer_class = EntrySerializer
    filter_backends = []
    pagination_class = KeysetPagination
    queryset = Entry.objects.filter(kind=Entry.Kind.SALE).order_by("-position")
    party: str

    def get_queryset(self) -> QuerySet[Entry]:
        return super().get_queryset().filter(**{self.party: principal_of(self.request).id})


class MyPurchasesView(MyEntriesView):
    """What I have bought."""

    name = "My purchases"
    party = "buyer_id"


class MySalesView(MyEntriesView):
    """What others have bought from me."""

    name = "My sales"
    party = "seller_id"


class PurchasesView(Throttled, MyEntriesView):
    """Buy this item. Reading shows what you have bought of it so far."""

    name = "Buy"
    party = "buyer_id"
    error_statuses = {"post": [409, 422]}

    def get_queryset(self) -> QuerySet[Entry]:
        return super().get_queryset().filter(item_id=self.item().id)

    def get_serializer_class(self) -> type[EntrySerializer | PurchaseSerializer]:
        return EntrySerializer if self.request.method in SAFE_METHODS else PurchaseSerializer

    def item(self) -> Item:
        return generics.get_object_or_404(Item, pk=self.kwargs["id"])

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=PurchaseSerializer,
        responses={201: EntrySerializer},
    )
    def post(self, request: Request, id: str) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        quantity = serializer.validated_data["quantity"]
        entry = self.item().buy(principal_of(request), quantity, idempotency_key(request))
        # As a plain dict, or the page in a browser would build its form from EntrySerializer.
        return Response(dict(EntrySerializer(entry).data), status.HTTP_201_CREATED)
