"""Signing in to the catalog's own pages, where accounts runs apart: it is asked each time."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ecom.authentication import SESSION_KEY
from ecom.peers import accounts_peer
from ecom.principal import Principal


class AccountsStaffBackend(ModelBackend):
    """Knows staff by their credentials at accounts. Raises PeerUnavailable."""

    def authenticate(  # type: ignore[override]  # mypy sees the monolith's user model
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if request is None or not username or not password:
            return None
        address = request.META["REMOTE_ADDR"]
        principal = accounts_peer().sign_in_staff(username, password, address)
        return self.user_of(principal) if principal else None

    def user_of(self, principal: Principal) -> User:
        """The row that Django's admin needs; the account's flags, as of this sign-in."""
        flags = {"is_staff": principal.is_staff, "is_superuser": principal.is_staff}
        user, _ = User.objects.update_or_create(
            username=str(principal.id),
            defaults={"first_name": principal.handle, **flags},
            create_defaults={
                "first_name": principal.handle,
                "password": make_password(None),
                **flags,
            },
        )
        user.principal = principal  # type: ignore[attr-defined]
        return user


@receiver(user_logged_in, sender=User)
def remember_principal(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if principal := getattr(user, "principal", None):
        request.session[SESSION_KEY] = principal.claims()
        # A moment, not an age: each change of a session would begin the age anew.
        request.session.set_expiry(timezone.now() + settings.STAFF_SESSION_LIFETIME)


def forget_staff(account_id: UUID) -> None:
    """Of an account that is closed. The row stays: the admin's history refers to it."""
    User.objects.filter(username=str(account_id)).update(
        first_name="", is_staff=False, is_superuser=False, is_active=False
    )
