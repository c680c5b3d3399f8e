"""What a browser's sign-in adds to Django's: a Session row, and its claims for the API."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Session, User
from ecom.authentication import SESSION_KEY
from ecom.principal import Principal


@receiver(user_logged_in)
def begin_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    if request.session.session_key is None:
        request.session.create()
    key = request.session.session_key or ""
    session = Session.objects.begin(user, request, browser_key=key)
    request.session[SESSION_KEY] = session.principal.claims()


@receiver(user_logged_out)
def end_session(request: HttpRequest, **kwargs: Any) -> None:
    if claims := request.session.get(SESSION_KEY):
        Session.objects.of(Principal.from_claims(claims)).end()
