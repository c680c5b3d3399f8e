from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User


class NormalizedEmailField(forms.EmailField):
    def to_python(self, value: Any) -> str:
        return User.objects.normalize_email(super().to_python(value))


class EmailForm(forms.Form):
    email = NormalizedEmailField(label="E-mail address", max_length=254)


class SignUpForm(EmailForm):
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if password := values.get("password"):
            try:
                validate_password(password, User(email=values.get("email")))
            except ValidationError as error:
                self.add_error("password", error)
        return values
