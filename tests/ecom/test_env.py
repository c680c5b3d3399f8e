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


def test_text_that_begins_with_a_dollar_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "$HOME")
    assert Env().str("SECRET_KEY") == "$HOME"


def test_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "own")
    monkeypatch.setenv("TOKEN_ISSUER", "")
    env = Env()
    env.fall_back_to({"SECRET_KEY": "s", "TOKEN_ISSUER": "shop", "TRUSTED_PROXIES": "1"})
    assert env.str("SECRET_KEY") == "own"
    assert env.str("TOKEN_ISSUER") == "shop"
    assert env.int("TRUSTED_PROXIES") == 1
    assert env.str("LOG_LEVEL", default="INFO") == "INFO"
    assert env.read == {"SECRET_KEY", "TOKEN_ISSUER", "TRUSTED_PROXIES", "LOG_LEVEL"}


def test_what_cannot_be_read_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "hunter2")
    with pytest.raises(ImproperlyConfigured) as raised:
        Env().int("TRUSTED_PROXIES")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
