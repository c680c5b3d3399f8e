import os
from collections.abc import Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

FALSE = ("false", "off", "no", "n", "f", "0", "")
EXPECTED = {int: "a whole number", bool: "true or false"}


class Env(environ.Env):
    """Refuses what cannot be read, naming the variable. A value may be a secret: it is not shown.

    django-environ itself takes every text that is not "true" for false, and a text that begins
    with $ for the name of another variable.
    """

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()  # by name, since fall_back_to()

    def fall_back_to(self, values: Mapping[str, str]) -> None:
        """Take from `values` what the environment does not give, or gives as an empty text."""
        given = {name: text for name, text in os.environ.items() if text or name not in values}
        self.ENVIRON = {**values, **given}
        self.read.clear()

    def at_least(self, var: str, least: int, **options: Any) -> int:
        value: int = self.int(var, **options)
        if value < least:
            raise ImproperlyConfigured(f"{var} is below {least}: give a larger whole number.")
        return value

    def email_url(self, var: Any = "EMAIL_URL", **options: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().email_url(var, **options)
        except (ValueError, ImproperlyConfigured):  # which may quote a password
            found = {}
        if not found:
            raise ImproperlyConfigured(
                f"{var} cannot be read: give smtp+tls://user:password@host:587, with the "
                "characters : / ? # [ ] @ % in the user and password as %3A and so on."
            )
        return found

    def get_value(self, var: str, cast: Any = None, **options: Any) -> Any:
        self.read.add(var)
        text = self.ENVIRON.get(var)
        known = text is None or text.lower() in (*self.BOOLEAN_TRUE_STRINGS, *FALSE)
        try:
            if cast is bool and not known:
                raise ValueError("neither true nor false")
            if text is not None and text.startswith("$"):
                return self.parse_value(text, cast)
            return super().get_value(var, cast=cast, **options)
        except ValueError:
            expected = EXPECTED.get(cast, "what docs/settings.md says")
            # Not the cause: it quotes the value.
            raise ImproperlyConfigured(f"{var} cannot be read: give {expected}.") from None
