"""The name by which others see an account: the local part of its e-mail, made fit for a URL."""

import re
import unicodedata
from collections.abc import Iterator

from django.utils.crypto import get_random_string

MAX_LENGTH = 64
SUFFIX_LENGTHS = (4, 4, 8, 12)
SUFFIX_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def handle_of(email: str) -> str:
    local_part = unicodedata.normalize("NFKD", email.rpartition("@")[0])
    ascii_part = local_part.encode("ascii", "ignore").decode().lower()
    safe = re.sub(r"[^a-z0-9._-]+", "-", ascii_part)[:48].strip("._-")
    return safe or "user"


def candidates(email: str) -> Iterator[str]:
    """Handles to try in turn: the plain one, then the same with a random suffix."""
    handle = handle_of(email)
    yield handle
    for length in SUFFIX_LENGTHS:
        yield f"{handle}-{get_random_string(length, SUFFIX_CHARACTERS)}"
