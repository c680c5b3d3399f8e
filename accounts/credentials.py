"""E-mail and password, checked the same way for every door: API, original API, pages, peers."""

from axes.utils import reset
from django.contrib.auth import authenticate
from django.http import HttpRequest
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts import lockout
from accounts.models import User
from ecom.authentication import principal_of


class WrongCredentials(AuthenticationFailed):
    default_detail = "The e-mail address or the password is wrong."
    default_code = "wrong_credentials"


class WrongPassword(PermissionDenied):
    default_detail = "The password is wrong."
    default_code = "wrong_password"


class LockedOut(APIException):
    status_code = 429
    default_detail = lockout.DETAIL
    default_code = "locked_out"

    @property
    def wait(self) -> int:
        return lockout.seconds()


def verify(request: HttpRequest, email: str, password: str) -> User:
    """Raises WrongCredentials, or LockedOut after too many of them, for unknown e-mails alike."""
    user = authenticate(request, username=email, password=password)
    if user is None:
        locked_out = getattr(request, "axes_locked_out", False)
        raise LockedOut if locked_out else WrongCredentials
    reset(ip=lockout.address(request), username=user.email)
    return user


def confirm(request: Request, password: str) -> User:
    """The account that is signed in. Raises WrongPassword or LockedOut."""
    user = User.objects.get(pk=principal_of(request).id)
    try:
        return verify(request._request, user.email or "", password)
    except WrongCredentials as error:
        raise WrongPassword from error
