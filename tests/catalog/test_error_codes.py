"""The table of error codes in docs/api.md against the code."""

import re
from pathlib import Path

from rest_framework import exceptions
from rest_framework_simplejwt.exceptions import InvalidToken

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for app in ("ecom", "accounts", "catalog") for path in (ROOT / app).rglob("*.py")]
ROW = re.compile(r"^\| `(\w+)` \| (\d{3}) \| .+ \|$", re.MULTILINE)
CODE = re.compile(
    r'^    (?:default_)?code = "(\w+)"'
    r'|page_error\(\w+, \d+, "(\w+)"'
    r'|AuthenticationFailed\(".+?", "(\w+)"\)',
    re.MULTILINE,
)
OF_LIBRARIES = {
    "bad_authorization_header",
    InvalidToken.default_code,
    exceptions.MethodNotAllowed.default_code,
    exceptions.NotAcceptable.default_code,
    exceptions.NotAuthenticated.default_code,
    exceptions.ParseError.default_code,
    exceptions.PermissionDenied.default_code,
    exceptions.Throttled.default_code,
    exceptions.UnsupportedMediaType.default_code,
    exceptions.ValidationError.default_code,
}


def test_table() -> None:
    rows = ROW.findall((ROOT / "docs" / "api.md").read_text())
    found = {
        code for path in SOURCES for codes in CODE.findall(path.read_text()) for code in codes
    } - {"", "conflict"}  # of a class that only its subclasses are raised of
    assert {code for code, _ in rows} == found | OF_LIBRARIES
    assert [status for _, status in rows] == sorted(status for _, status in rows)
