from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.serializers import MAX_PASSWORD


class EmailForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=254)


class SignUpForm(EmailForm):
    password = forms.CharField(
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            validate_password(values.get("password", ""), User(email=values.get("email")))
        except ValidationError as error:
            self.add_error("password", error)
        return values
