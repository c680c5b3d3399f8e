import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def create(email: str) -> str:
    out = io.StringIO()
    call_command("create_administrator", email, stdout=out)
    return out.getvalue()


def test_chooses_the_password_by_the_link() -> None:
    printed = create("Boss@example.com")
    user = User.objects.get(email="boss@example.com")
    assert (user.is_staff, user.is_superuser) == (True, True)
    assert not user.has_usable_password()
    path = "/" + printed.strip().split("/", 3)[3]
    passwords = {"new_password1": "kettle-on-the-hob", "new_password2": "kettle-on-the-hob"}
    assert Client().post(path, passwords).status_code == 302
    user.refresh_from_db()
    assert user.check_password("kettle-on-the-hob")


def test_account_that_exists_is_not_raised() -> None:
    user = User.objects.sign_up("boss@example.com", "kettle-on-the-hob")
    with pytest.raises(CommandError, match=r"password_link boss@example\.com"):
        create("boss@example.com")
    user.refresh_from_db()
    assert not user.is_superuser


def test_no_address() -> None:
    with pytest.raises(CommandError, match="boss is no e-mail address"):
        create("boss")
    assert not User.objects.exists()
