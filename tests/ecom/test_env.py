import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.env import Env


@pytest.mark.parametrize("text", ["x", "1.5", ""])
def test_no_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", text)
    with pytest.raises(ImproperlyConfigured, match=r"^TRUSTED_PROXIES .* a whole number\.$"):
        Env().int("TRUSTED_PROXIES", default=0)


def test_neither_true_nor_false(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROTTLES_ENABLED", "ture")
    with pytest.raises(ImproperlyConfigured, match=r"^THROTTLES_ENABLED .* true or false\.$"):
        Env().bool("THROTTLES_ENABLED", default=True)


@pytest.mark.parametrize(("text", "value"), [("True", True), ("on", True), ("no", False)])
def test_true_or_false(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("HTTPS", text)
    assert Env().bool("HTTPS", default=not value) is value


def test_default() -> None:
    assert Env().int("NOT_SET_ANYWHERE", default=7) == 7
