from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

FALSE = ("false", "off", "no", "n", "f", "0", "")
EXPECTED = {int: "a whole number", bool: "true or false"}


class Env(environ.Env):
    """Refuses what cannot be read, naming the variable. A value may be a secret: it is not shown.

    django-environ itself takes every text that is not "true" for false.
    """

    def get_value(self, var: str, cast: Any = None, **options: Any) -> Any:
        text = self.ENVIRON.get(var)
        known = text is None or text.lower() in (*self.BOOLEAN_TRUE_STRINGS, *FALSE)
        try:
            if cast is bool and not known:
                raise ValueError("neither true nor false")
            return super().get_value(var, cast=cast, **options)
        except ValueError as error:
            expected = EXPECTED.get(cast, "what docs/settings.md says")
            raise ImproperlyConfigured(f"{var} cannot be read: give {expected}.") from error
