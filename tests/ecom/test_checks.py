import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from ecom import checks
from ecom.databases import database_of


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    settings.DEVELOPMENT = False


def test_throttle_rate(settings: Settings) -> None:
    settings.THROTTLE_RATES = {"sign-up": "many", "write": "1/day"}
    [error] = checks.check_throttle_rates()
    assert error.id == "ecom.E001"
    assert error.msg.startswith("THROTTLE_SIGN_UP is set. This is not a rate")


def test_throttles_off(settings: Settings) -> None:
    settings.THROTTLES_ENABLED = False
    assert ids(checks.check_throttles_enabled()) == ["ecom.E002"]
    settings.DEVELOPMENT = True
    assert checks.check_throttles_enabled() == []


def test_no_signing_keys(settings: Settings) -> None:
    settings.SIGNING_KEYS = ""
    assert ids(checks.check_signing_keys()) == ["ecom.E003"]


def test_no_https(settings: Settings) -> None:
    settings.HTTPS = False
    assert ids(checks.check_https()) == ["ecom.W001"]
    settings.HTTPS = True
    assert checks.check_https() == []


def test_no_peer_url(settings: Settings) -> None:
    settings.CATALOG_PEER = "ecom.peers.catalog.CatalogOverHTTP"
    settings.CATALOG_URL = ""
    [error] = checks.check_peers()
    assert error.id == "ecom.E004"
    assert error.msg.startswith("CATALOG_URL is not set")
    settings.CATALOG_URL = "http://catalog.shop.internal"
    assert checks.check_peers() == []


def test_https_without_a_trusted_proxy(settings: Settings) -> None:
    settings.HTTPS = True
    settings.TRUSTED_PROXIES = 0
    assert ids(checks.check_proxies()) == ["ecom.W002"]
    settings.TRUSTED_PROXIES = 1
    assert checks.check_proxies() == []


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://shop@10.0.0.10/shop", ["ecom.W003"]),
        ("postgresql://shop@10.0.0.10/shop?sslmode=require", ["ecom.W003"]),
        ("postgresql://shop@10.0.0.10/shop?sslmode=verify-full&sslrootcert=/ca.pem", []),
        ("postgresql://shop@shop.c0ffee.eu-central-1.rds.amazonaws.com/shop", []),
        ("postgresql://shop@127.0.0.1/shop", []),
        ("postgresql://shop@localhost/shop", []),
        ("postgresql://shop@/shop?host=/run/postgresql", []),
        ("postgresql://shop@/shop?host=10.0.0.10", ["ecom.W003"]),
        ("sqlite:////srv/shop.sqlite3", []),
    ],
)
def test_postgresql_without_tls(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, found: list[str]
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", database_of(url, 2, gate=False))
    assert ids(checks.check_postgresql_tls()) == found
