from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ecom import throttling
from ecom.models import ThrottleCount
from ecom.throttling import ScopedThrottle, parse_rate

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0  # the beginning of a minute


@pytest.fixture(autouse=True)
def two_a_minute(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.THROTTLE_RATES = {"write": "2/minute", "search": "2/minute"}
    set_time(monkeypatch, NOW)


def set_time(monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: now))


def allowed(address: str = "192.0.2.1", account: str = "", scope: str | None = "write") -> bool:
    request = Request(APIRequestFactory().post("/", REMOTE_ADDR=address))
    if account:
        request.user = cast(Any, SimpleNamespace(id=account))
    view = cast(APIView, SimpleNamespace(throttle_scope=scope))
    return ScopedThrottle().allow_request(request, view)


def test_limit() -> None:
    assert [allowed() for _ in range(3)] == [True, True, False]
    assert ThrottleCount.objects.get().count == 2


def test_next_window(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [allowed() for _ in range(3)][-1] is False
    set_time(monkeypatch, NOW + 59.9)
    assert not allowed()
    set_time(monkeypatch, NOW + 60)
    assert allowed()


def test_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    set_time(monkeypatch, NOW + 20)
    throttle = ScopedThrottle()
    throttle.allow("write", "192.0.2.1")
    assert throttle.wait() == 40


def test_each_address_and_scope_counts_alone() -> None:
    assert [allowed() for _ in range(3)][-1] is False
    assert allowed("192.0.2.2")
    assert allowed(scope="search")


def test_accounts_behind_one_address() -> None:
    assert [allowed(account="anna") for _ in range(3)][-1] is False
    assert allowed(account="paul")
    assert not allowed("192.0.2.9", account="anna")


def test_no_scope() -> None:
    assert all(allowed(scope=None) for _ in range(3))
    assert not ThrottleCount.objects.exists()


def test_switched_off(settings: Settings) -> None:
    settings.THROTTLES_ENABLED = False
    assert all(allowed() for _ in range(3))


def test_neither_address_nor_account_is_stored() -> None:
    allowed("192.0.2.77")
    allowed(account="anna")
    for count in ThrottleCount.objects.all():
        assert len(count.key) == 64
        assert "192.0.2.77" not in count.key
        assert "anna" not in count.key


@pytest.mark.parametrize(
    ("rate", "parsed"),
    [("60/minute", (60, 60)), ("1/second", (1, 1)), ("5/hour", (5, 3600)), ("9/day", (9, 86400))],
)
def test_rate(rate: str, parsed: tuple[int, int]) -> None:
    assert parse_rate(rate) == parsed


@pytest.mark.parametrize("rate", ["", "60", "0/minute", "-1/day", "60/m", "60 / day", "1.5/day"])
def test_no_rate(rate: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="60/minute"):
        parse_rate(rate)


def test_the_addresses_of_one_ipv6_customer_count_together() -> None:
    addresses = [f"2001:db8:0:7::{last}" for last in range(1, 4)]
    assert [allowed(address) for address in addresses] == [True, True, False]
    assert allowed("2001:db8:0:8::1")
