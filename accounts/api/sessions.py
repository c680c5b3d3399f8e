from rest_framework.generics import DestroyAPIView, ListAPIView
from rest_framework.request import Request

from accounts.models import Session, SessionQuerySet
from accounts.serializers import SessionSerializer
from ecom.authentication import principal_of

MAX_LISTED = 100


def own_sessions(request: Request) -> SessionQuerySet:
    user = principal_of(request)
    return Session.objects.live().filter(user_id=user.id, user__gen=user.gen)


class Sessions(ListAPIView[Session]):
    """Where the account is signed in: the last 100 sign-ins that have not ended."""

    serializer_class = SessionSerializer
    pagination_class = None

    def get_queryset(self) -> SessionQuerySet:
        return own_sessions(self.request)[:MAX_LISTED]


class SessionDetail(DestroyAPIView[Session]):
    """End one session: its tokens are void, a browser is signed out."""

    serializer_class = SessionSerializer
    lookup_field = "sid"

    def get_queryset(self) -> SessionQuerySet:
        return own_sessions(self.request)

    def perform_destroy(self, session: Session) -> None:
        session.end()
