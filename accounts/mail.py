"""Mails are sent after the answer, so that its time does not tell whether there was one to send."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import send_mail
from django.db import close_old_connections
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import links
from accounts.models import User
from ecom.errors import Overloaded

logger = logging.getLogger(__name__)

MAX_WAITING = 100

_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
_places = BoundedSemaphore(MAX_WAITING)


def send_later(send: Callable[..., None], *args: str | User) -> None:
    """Raises Overloaded when too many mails wait already."""
    if not _places.acquire(blocking=False):
        raise Overloaded
    _executor.submit(run, send, *args).add_done_callback(done)


def run(send: Callable[..., None], *args: str | User) -> None:
    try:
        send(*args)
    finally:
        close_old_connections()


def done(future: Future[None]) -> None:
    _places.release()
    if error := future.exception():
        # Only its type: the message may quote the e-mail address.
        logger.error("A mail could not be sent: %s", type(error).__name__)


def send(template: str, address: str, subject: str, **context: str) -> None:
    body = render_to_string(f"accounts/mail/{template}.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])


def page_url(name: str, token: str) -> str:
    return settings.BASE_URL + reverse(f"accounts:{name}", args=[token])


def send_password_reset(email: str) -> None:
    """To the address on file. Nothing is sent where no open account has it."""
    user = User.objects.filter(
        email=User.objects.normalize_email(email), is_active=True, closed_at=None
    ).first()
    if user is None or user.email is None:
        return
    url = page_url("password-reset-page", links.make("password-reset", user))
    send("password_reset", user.email, "Choose a new password", url=url)


def send_email_confirmation(user: User, email: str) -> None:
    token = links.make("email-confirmation", user, email=email)
    url = page_url("email-confirmation-page", token)
    send("email_confirmation", email, "Confirm your e-mail address", url=url)


def send_email_changed(address: str, handle: str) -> None:
    send("email_changed", address, "Your e-mail address was changed", handle=handle)
