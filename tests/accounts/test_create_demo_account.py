import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def create() -> str:
    out = io.StringIO()
    call_command("create_demo_account", stdout=out)
    return out.getvalue()


def test_create_once() -> None:
    assert create() == "The demo catalogue's owner is demo.\n"
    user = User.objects.get(handle="demo")
    assert not user.is_staff
    assert create() == ""
    assert User.objects.count() == 1


def test_handle_of_somebody_else() -> None:
    User.objects.sign_up("demo@example.com", "kettle-on-the-hob")
    with pytest.raises(CommandError, match="run load_demo --owner demo-"):
        create()
