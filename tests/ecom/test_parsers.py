from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from ecom.parsers import MAX_DEPTH, StrictJSONParser


def parse(body: bytes) -> Any:
    return StrictJSONParser().parse(BytesIO(body))


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        ('{"name": "Tee 🫖"}'.encode(), {"name": "Tee 🫖"}),
        (b'"\\ud83e\\uded6"', "🫖"),
        (b'"\\\\u0000"', "\\u0000"),
    ],
)
def test_json(body: bytes, value: Any) -> None:
    assert parse(body) == value


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b"[1, ]", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"NaN", "NaN is not JSON"),
        (b'{"a": Infinity}', "Infinity is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b"1" * 101, "more than 100 digits"),
        (b"-" + b"1" * 5000, "more than 100 digits"),
        (b'"\xff\xfe"', "not utf-8"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'"a\\u0000b"', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (nested(MAX_DEPTH + 1), "nests deeper"),
        (nested(500_000), "nests too deeply"),
        (b'{"a":' * 100_000, "nests too deeply"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_refused(body: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        parse(body)


def test_deepest() -> None:
    assert parse(nested(MAX_DEPTH)) is not None


def test_number_beyond_floats() -> None:
    """1e400 is JSON; as a price it has to be refused by the field, not by chance."""
    assert parse(b"1e400") == float("inf")
