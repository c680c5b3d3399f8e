import pytest
from django.core.management import call_command

from accounts.models import User


@pytest.mark.django_db
def test_with_an_email(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    call_command("createsuperuser", "--noinput", "--email", "Boss@example.com", verbosity=0)
    user = User.objects.get(email="boss@example.com")
    assert (user.is_staff, user.is_superuser, user.handle) == (True, True, "boss")
    assert user.check_password("correct horse battery")
