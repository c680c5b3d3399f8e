import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from ecom.client_address import ClientAddressMiddleware, client_address, network_of

PEER = "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "address"),
    [
        ("", 0, PEER),
        ("192.0.2.1", 0, PEER),
        ("192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1, 10.0.0.2", 2, "192.0.2.1"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("192.0.2.1", 2, PEER),
        ("", 1, PEER),
        (" , ,", 1, PEER),
        ("somebody", 1, PEER),
        ("192.0.2.1:4711", 1, PEER),
        ("192.0.2.1", -1, PEER),
    ],
)
def test_client_address(forwarded_for: str, proxies: int, address: str) -> None:
    assert client_address(PEER, forwarded_for, proxies) == address


def test_middleware(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddressMiddleware(view)(rf.get("/", HTTP_X_FORWARDED_FOR="198.51.100.7, 192.0.2.1"))

    assert seen == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_network_of(address: str, network: str) -> None:
    assert network_of(address) == network
