from uuid import UUID

import jwt
from django.conf import settings
from django.http import HttpRequest

from accounts.credentials import LockedOut, WrongCredentials, verify
from accounts.models import Session, User
from ecom.keys import KeySet, key_store, public_keys
from ecom.principal import Principal


class AccountsInProcess:
    """An ecom.peers.AccountsPeer that looks at the rows: what is revoked is revoked at once."""

    def __init__(self) -> None:
        self._keys: KeySet | None = None
        self._public: dict[str, jwt.PyJWK] = {}

    def start(self) -> None:
        pass  # nothing runs in the background

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        keys = key_store.load()
        if keys is not self._keys:
            self._public = public_keys(keys.published())
            self._keys = keys
        return self._public.get(kid)

    def is_revoked(self, principal: Principal) -> bool:
        return not Session.objects.of(principal).exists()

    def sign_in_staff(self, email: str, password: str, address: str) -> Principal | None:
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = address
        request.META["HTTP_USER_AGENT"] = "The catalog's admin"
        try:
            user = verify(request, email, password)
        except (WrongCredentials, LockedOut):
            return None
        if not user.is_staff:
            return None
        lifetime = settings.STAFF_SESSION_LIFETIME
        return Session.objects.begin(user, request, lifetime).principal

    def find_account(self, handle: str) -> UUID | None:
        open_accounts = User.objects.filter(handle=handle, closed_at=None)
        return open_accounts.values_list("id", flat=True).first()
