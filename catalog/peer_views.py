"""What accounts asks of catalog, over HTTP."""

from django.http import HttpRequest, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.peer import CatalogInProcess
from ecom.keys import key_store
from ecom.peers import accounts_peer
from ecom.peers.remote_keys import KeySource
from ecom.peers.signing import IsPeerService, PeerAuthentication


class WithdrawalSerializer(serializers.Serializer[None]):
    owner_id = serializers.UUIDField()


@extend_schema(exclude=True)
class WithdrawalsView(APIView):
    """200 when everything of the closed account is off sale, 202 when more calls are needed."""

    authentication_classes = [PeerAuthentication]
    permission_classes = [IsPeerService]
    peer = "accounts"
    peer_scope = "withdraw-items"

    def peer_keys(self) -> KeySource:
        return accounts_peer()

    def post(self, request: Request) -> Response:
        serializer = WithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        done = CatalogInProcess().withdraw_items(serializer.validated_data["owner_id"])
        return Response(status=status.HTTP_200_OK if done else status.HTTP_202_ACCEPTED)


def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys that this service signs its requests to accounts with."""
    return JsonResponse(key_store.load().published())
