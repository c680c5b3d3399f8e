import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from ecom.peers.address import check_address


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    settings.DEVELOPMENT = False


def refusal(url: str) -> str:
    with pytest.raises(ImproperlyConfigured) as raised:
        check_address("ACCOUNTS_URL", url)
    return str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8001",
        "http://LOCALHOST",
        "http://localhost.:8001",
        "http://accounts.localhost",
        "http://127.0.0.1:8001",
        "http://127.1.2.3",
        "http://[::1]:8001",
        "http://0.0.0.0:8001",
        "http://[::]",
    ],
)
def test_the_container_itself(url: str, settings: Settings) -> None:
    assert refusal(url).startswith(f"ACCOUNTS_URL is '{url}': in production each service has a")
    settings.DEVELOPMENT = True
    check_address("ACCOUNTS_URL", url)


@pytest.mark.parametrize(
    "host",
    ["accounts.default.svc.cluster.local", "accounts.shop.svc", "Accounts.shop.SVC.cluster.local."],
)
def test_kubernetes(host: str) -> None:
    assert "only Kubernetes knows" in refusal(f"http://{host}:8080")


@pytest.mark.parametrize(
    "url",
    [
        "accounts.shop.internal:8080",
        "//accounts.shop.internal",
        "ftp://accounts.shop.internal",
        "http://",
        "http://:8080",
        "http://accounts:port",
        "http://accounts:99999",
        "http://accounts:0",
        "http://[accounts",
    ],
)
def test_no_url(url: str, settings: Settings) -> None:
    assert refusal(url).startswith(f"ACCOUNTS_URL is '{url}', which is no URL.")
    settings.DEVELOPMENT = True
    refusal(url)


def test_missing() -> None:
    assert refusal("").startswith("ACCOUNTS_URL is not set. Give the other service's private URL")


@pytest.mark.parametrize(
    "url",
    [
        "http://accounts.shop.internal:8080",
        "https://shop.example.com",
        "http://10.0.0.10:8080",
        "http://accounts",
        "http://[fd00::10]:8080",
        "http://mysvc.example.com",
        "http://localhost.example.com",
    ],
)
def test_usable(url: str) -> None:
    check_address("ACCOUNTS_URL", url)
