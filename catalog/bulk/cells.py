"""How a cell of a file becomes a value that the API's rules can judge, and back."""

import re
from datetime import datetime
from typing import Any

from import_export.widgets import Widget

COUNT = re.compile(r"\d{1,9}", re.ASCII)


class CellWidget(Widget):
    """A cell's value, which only in CSV is always text."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return value.strip() if isinstance(value, str) else value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value


class TextWidget(CellWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        value = super().clean(value, row, **kwargs)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a workbook has 22139 as a number
        return value if isinstance(value, bool | list | dict) else str(value)


class CountWidget(CellWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        value = super().clean(value, row, **kwargs)
        return int(value) if isinstance(value, str) and COUNT.fullmatch(value) else value
