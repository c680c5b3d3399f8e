from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

MAX_PASSWORD = 256  # characters


class MaximumLengthValidator:
    """Keeps a page or command from setting a password that the API would not read."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) > MAX_PASSWORD:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password can have at most {MAX_PASSWORD} characters."
