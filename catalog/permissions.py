from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.models import Item
from ecom.authentication import BrowserAuthentication, principal_of


class IsOwnerOrReadOnly(BasePermission):
    message = "This item is somebody else's. Only its owner can change it."
    code = "not_owner"

    def has_object_permission(self, request: Request, view: APIView, obj: Item) -> bool:
        return request.method in SAFE_METHODS or principal_of(request).id == obj.owner_id


class PublicReads(APIView):
    # Reading takes no token, so that a bad one spoils nothing. Browsers are known by session.

    permission_classes = [IsAuthenticatedOrReadOnly, IsOwnerOrReadOnly]

    def get_authenticators(self) -> list[BaseAuthentication]:
        if self.request is not None and self.request.method in SAFE_METHODS:
            return [BrowserAuthentication()]
        return super().get_authenticators()
