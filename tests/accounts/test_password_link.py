import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def link_of(email: str) -> str:
    out = io.StringIO()
    call_command("password_link", email, stdout=out)
    [line] = out.getvalue().splitlines()
    return line


def test_sets_a_password_once() -> None:
    user = User.objects.sign_up("lost@example.com", "kettle-on-the-hob")
    path = "/" + link_of("Lost@example.com").split("/", 3)[3]
    passwords = {"new_password1": "kettle-on-the-moon", "new_password2": "kettle-on-the-moon"}
    assert Client().post(path, passwords).status_code == 302
    user.refresh_from_db()
    assert user.check_password("kettle-on-the-moon")
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("state", ["unknown", "closed", "locked"])
def test_no_account_to_open(state: str) -> None:
    user = User.objects.sign_up("gone@example.com", "kettle-on-the-hob")
    if state == "closed":
        user.close()
    if state == "locked":
        user.lock()
    with pytest.raises(CommandError, match="No open account"):
        link_of("nobody@example.com" if state == "unknown" else "gone@example.com")
