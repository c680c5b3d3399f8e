"""What the catalog asks of accounts, over HTTP."""

import json
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import revocations
from accounts.peer import AccountsInProcess
from ecom.peers.catalog import CatalogOverHTTP
from ecom.peers.remote_keys import KeySource
from ecom.peers.signing import digest
from ecom.peers.views import PeerView


@cache
def catalog_keys() -> KeySource:
    return CatalogOverHTTP().keys


def content_of(request: Request) -> dict[str, Any]:
    """As the peer has signed it."""
    return cast("dict[str, Any]", request.data)


class CatalogOnlyView(PeerView):
    peer = "catalog"

    def peer_keys(self) -> KeySource:
        return catalog_keys()


@extend_schema(exclude=True)
class Revocations(CatalogOnlyView):
    """Without the list for who has it already, by its digest. (A 304 could not be signed.)"""

    peer_scope = "revocations"

    def post(self, request: Request) -> HttpResponse:
        revoked = revocations(since=timezone.now() - settings.REVOKED_FOR)
        found = digest(json.dumps(revoked, sort_keys=True).encode())
        if content_of(request).get("known") == found:
            return self.signed(request, digest=found)
        return self.signed(request, digest=found, **revoked)


class StaffCredentialsSerializer(serializers.Serializer[None]):
    email = serializers.CharField(trim_whitespace=False)
    password = serializers.CharField(trim_whitespace=False)
    address = serializers.IPAddressField()


@extend_schema(exclude=True)
class StaffSignIn(CatalogOnlyView):
    peer_scope = "staff-sign-in"

    def post(self, request: Request) -> HttpResponse:
        serializer = StaffCredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        principal = AccountsInProcess().sign_in_staff(**serializer.validated_data)
        return self.signed(request, account=principal and principal.claims())


@extend_schema(exclude=True)
class AccountByHandle(CatalogOnlyView):
    peer_scope = "find-account"

    def post(self, request: Request) -> HttpResponse:
        account_id = AccountsInProcess().find_account(str(content_of(request).get("handle")))
        return self.signed(request, id=account_id and str(account_id))
