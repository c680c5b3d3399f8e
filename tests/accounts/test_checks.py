import pytest
from pytest_django import Settings

from accounts.checks import check_mail


@pytest.mark.parametrize(("backend", "ids"), [("dummy", ["accounts.W001"]), ("smtp", [])])
def test_mail_that_is_not_sent(settings: Settings, backend: str, ids: list[str]) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert [message.id for message in check_mail()] == ids
