from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from ecom.documentdb import checks
from tests.documentdb.conftest import Connect

TLS = "mongodb://db.example/?tls=true"


@pytest.fixture
def checked(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Any:
    """checked(check, url, **options): the messages about one database of these settings."""

    def checked(check: Any, url: str, **options: Any) -> list[CheckMessage]:
        wrapper = connect(url, **options)
        monkeypatch.setattr(checks, "connections", {"default": wrapper})
        messages: list[CheckMessage] = check()
        return messages

    return checked


def test_retryable_writes(checked: Any) -> None:
    (error,) = checked(checks.check_settings, "mongodb://db.example/?retryWrites=true")
    assert error.id == "documentdb.E001"
    assert "retryWrites" in error.msg


def test_url_that_cannot_be_read(checked: Any) -> None:
    (error,) = checked(checks.check_settings, "mongodb://db.example:port/")
    assert error.id == "documentdb.E001"
    assert checked(checks.check_transport, "mongodb://db.example:port/") == []


@pytest.mark.parametrize(
    "options",
    [{"maxPolSize": 3}, {"maxPoolSize": "many"}, {"tls": True, "tlsCAFile": "nowhere.pem"}],
)
def test_options_that_the_client_refuses(checked: Any, options: dict[str, Any]) -> None:
    (error,) = checked(checks.check_settings, "mongodb://db.example/", **options)
    assert error.id == "documentdb.E001"


def test_credentials_are_not_asked_for(checked: Any) -> None:
    def credentials(refused: object) -> tuple[str, str]:
        raise AssertionError

    assert checked(checks.check_settings, TLS, credentials=credentials) == []


def test_settings_as_they_should_be(checked: Any) -> None:
    assert checked(checks.check_settings, TLS) == []
    assert checked(checks.check_transport, TLS) == []


@pytest.mark.parametrize("url", ["mongodb://db.example/", "db.example"])
def test_without_tls(checked: Any, url: str) -> None:
    (warning,) = checked(checks.check_transport, url)
    assert warning.id == "documentdb.W001"


@pytest.mark.parametrize("url", ["", "localhost", "mongodb://127.0.0.1:27018/x"])
def test_without_tls_on_this_host(checked: Any, url: str) -> None:
    assert checked(checks.check_transport, url) == []


@pytest.mark.parametrize("option", checks.LAX_TLS)
def test_certificates_not_verified(checked: Any, option: str) -> None:
    for url, options in ((f"{TLS}&{option}=true", {}), (TLS, {option: True})):
        errors = checked(checks.check_transport, url, **options)
        assert {error.id for error in errors} == {"documentdb.E002"}
    assert checked(checks.check_transport, f"{TLS}&{option}=false") == []


@pytest.mark.django_db
@isolate_apps("ecom.documentdb")
def test_models_that_documentdb_cannot_hold() -> None:
    class Shoe(models.Model):
        id = models.AutoField(primary_key=True)
        size = models.IntegerField(db_default=40)

        class Meta:
            app_label = "documentdb"
            indexes = [models.Index(Lower("size"), name="lower")]
            constraints = [models.CheckConstraint(condition=models.Q(size__gt=1), name="big")]

        def __str__(self) -> str:
            return str(self.size)

    config = Shoe._meta.apps.get_app_config("documentdb")
    messages = [*Shoe.check(databases=["default"]), *checks.check_defaults([config])]
    assert {each.id for each in messages} == {
        "mongodb.E001",
        "documentdb.E003",
        "models.W027",
        "models.W043",
    }
