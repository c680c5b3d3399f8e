"""One-time links in mails: signed, good for an hour, and void once what they change has changed.

Nothing is stored. A link carries a digest of the password's hash, the e-mail address and the
token generation it was made for.
"""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import APIException

from accounts.models import User

LIFETIME = timedelta(hours=1)


class LinkInvalid(APIException):
    status_code = 404
    default_detail = "This link has been used or has expired. Ask for a new one."
    default_code = "link_invalid"


def make(purpose: str, user: User, **values: str) -> str:
    claims = {"user": str(user.pk), "state": state(user), **values}
    return signing.dumps(claims, salt=f"accounts.{purpose}")


def read(purpose: str, token: str) -> tuple[User, dict[str, str]]:
    """Whose link it is and the values it carries. Raises LinkInvalid."""
    try:
        claims = signing.loads(token, salt=f"accounts.{purpose}", max_age=LIFETIME)
    except signing.BadSignature as error:
        raise LinkInvalid from error
    user = User.objects.filter(pk=claims["user"], closed_at=None, is_active=True).first()
    if user is None or not constant_time_compare(claims["state"], state(user)):
        raise LinkInvalid
    return user, claims


def state(user: User) -> str:
    value = f"{user.password}|{user.email}|{user.gen}"
    return salted_hmac("accounts.links", value, algorithm="sha256").hexdigest()[:32]
