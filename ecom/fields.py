"""Serializer fields that take JSON's types as they are: no number where a text belongs."""

from typing import Any

from rest_framework import serializers
from rest_framework.utils import html


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        # A form has nothing but text.
        form = html.is_html_input(getattr(self.root, "initial_data", None))
        if isinstance(data, str) and not form:
            self.fail("invalid")
        return super().to_internal_value(data)
