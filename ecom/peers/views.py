"""What a service answers another one: who asks has signed the request, and the answer is signed."""

from typing import Any, ClassVar, cast

import jwt
from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from ecom.peers.remote_keys import KeySource
from ecom.peers.signing import digest, sign, verify


class PeerService:
    """The service that signed the request, as `request.user`."""

    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.name = name


class PeerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[PeerService, dict[str, Any]] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme != b"Bearer":
            return None
        view = cast(PeerView, request.parser_context["view"])
        try:
            claims = verify(token.decode(), view.peer_keys(), view.peer, view.peer_scope)
            if claims.get("body") != digest(request._request.body):
                raise jwt.InvalidTokenError("signed for another body")
        except (jwt.InvalidTokenError, UnicodeDecodeError) as error:
            raise AuthenticationFailed("The peer's token is not valid.", "peer_token") from error
        return PeerService(view.peer), claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="peer"'


class IsPeerService(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, PeerService)


class PeerView(APIView):
    authentication_classes = [PeerAuthentication]
    permission_classes = [IsPeerService]
    peer: ClassVar[str]  # who may ask
    peer_scope: ClassVar[str]

    def peer_keys(self) -> KeySource:
        raise NotImplementedError

    def signed(self, request: Request, **claims: Any) -> HttpResponse:
        asked = cast("dict[str, Any]", request.auth)
        token = sign(self.peer, self.peer_scope, jti=asked["jti"], **claims)
        return HttpResponse(token, content_type="application/jwt")
