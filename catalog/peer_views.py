"""What accounts asks of catalog, over HTTP."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from catalog.backends import forget_staff
from catalog.peer import CatalogInProcess
from ecom.keys import key_store
from ecom.peers import accounts_peer
from ecom.peers.remote_keys import KeySource
from ecom.peers.views import PeerView


class WithdrawalSerializer(serializers.Serializer[None]):
    owner_id = serializers.UUIDField()


@extend_schema(exclude=True)
class WithdrawalsView(PeerView):
    """`done` when everything of the closed account is off sale, else more calls are needed."""

    peer = "accounts"
    peer_scope = "withdraw-items"

    def peer_keys(self) -> KeySource:
        return accounts_peer()

    def post(self, request: Request) -> HttpResponse:
        serializer = WithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        owner_id = serializer.validated_data["owner_id"]
        forget_staff(owner_id)
        return self.signed(request, done=CatalogInProcess().withdraw_items(owner_id))


def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys that this service signs with: its requests to accounts, and its answers."""
    return JsonResponse(key_store.load().published())
