"""What the catalog asks of accounts, over HTTP. Answers that matter are signed as well."""

import hashlib
import json
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import revocations
from accounts.peer import AccountsInProcess
from ecom.peers.http import PeerClient
from ecom.peers.remote_keys import KeySource, RemoteKeys
from ecom.peers.signing import IsPeerService, PeerAuthentication, sign


@cache
def catalog_keys() -> RemoteKeys:
    return RemoteKeys(PeerClient("CATALOG_URL", settings.CATALOG_URL), "/catalog/peer/jwks.json")


class CatalogOnlyView(APIView):
    authentication_classes = [PeerAuthentication]
    permission_classes = [IsPeerService]
    peer = "catalog"
    peer_scope: str

    def peer_keys(self) -> KeySource:
        return catalog_keys()

    def signed(self, **claims: object) -> HttpResponse:
        token = sign("catalog", self.peer_scope, **claims)
        return HttpResponse(token, content_type="application/jwt")


@extend_schema(exclude=True)
class Revocations(CatalogOnlyView):
    """Signed, with an ETag over the content, since each signature is of another moment."""

    peer_scope = "revocations"

    def get(self, request: Request) -> HttpResponse:
        revoked = revocations(since=timezone.now() - settings.ACCESS_TOKEN_LIFETIME)
        content = json.dumps(revoked, sort_keys=True)
        etag = f'"{hashlib.sha256(content.encode()).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return HttpResponse(status=304, headers={"ETag": etag})
        response = self.signed(**revoked)
        response["ETag"] = etag
        return response


class StaffCredentialsSerializer(serializers.Serializer[None]):
    email = serializers.CharField(trim_whitespace=False)
    password = serializers.CharField(trim_whitespace=False)
    address = serializers.IPAddressField()


@extend_schema(exclude=True)
class StaffSignIn(CatalogOnlyView):
    """The answer repeats the request's `jti`, so that an older one cannot be played back."""

    peer_scope = "staff-sign-in"

    def post(self, request: Request) -> HttpResponse:
        serializer = StaffCredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        principal = AccountsInProcess().sign_in_staff(**serializer.validated_data)
        if principal is None:
            raise PermissionDenied("Not the credentials of a staff account.")
        return self.signed(jti=cast(dict[str, Any], request.auth)["jti"], **principal.claims())


@extend_schema(exclude=True)
class AccountByHandle(CatalogOnlyView):
    peer_scope = "find-account"

    def get(self, request: Request, handle: str) -> Response:
        account_id = AccountsInProcess().find_account(handle)
        if account_id is None:
            raise NotFound
        return Response({"id": str(account_id)})
