"""MongoDB's regular expressions (PCRE) in Python's syntax."""

import re
from functools import lru_cache
from typing import Any

from bson import Regex

from .errors import BAD_VALUE, CommandError

FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE, "u": re.UNICODE}
INVALID_REGEX = 51091
# PCRE's \Z matches before a last newline too, its \z only at the very end, as Python's \Z does.
ENDS = {r"\z": r"\Z", r"\Z": r"(?=\n?\Z)"}
LITERAL = re.compile(r"\^((?:[^\\.^$|?*+()\[\]{}]|\\[^A-Za-z0-9])*)([?*{]?)", re.DOTALL)


def regex(pattern: Any, options: str | None = None) -> re.Pattern[str]:
    """From a string or a BSON regular expression, whose own options the given ones replace."""
    flags = 0
    if isinstance(pattern, Regex):
        flags = int(pattern.flags)
        pattern = pattern.pattern
    if not isinstance(pattern, str):
        raise CommandError(BAD_VALUE, "$regex has to be a string")
    return compiled(pattern, flags if options is None else flags_of(options))


def flags_of(options: str) -> int:
    if unknown := set(options) - set(FLAGS):
        raise CommandError(INVALID_REGEX, f"invalid flag in regex options: {min(unknown)}")
    return sum(FLAGS[option] for option in set(options))


@lru_cache(maxsize=1024)
def compiled(pattern: str, flags: int) -> re.Pattern[str]:
    translated = re.sub(
        r"\\.", lambda found: ENDS.get(found[0], found[0]), pattern, flags=re.DOTALL
    )
    try:
        return re.compile(translated, flags)
    except re.error as error:
        raise CommandError(INVALID_REGEX, f"Regular expression is invalid: {error.msg}") from error


def literal_prefix(pattern: re.Pattern[str]) -> str:
    """What every match must begin with: what follows ^ up to the first special character."""
    if pattern.flags & ~re.UNICODE or "|" in pattern.pattern:
        return ""
    found = LITERAL.match(pattern.pattern)
    if not found:
        return ""
    literal = re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
    return literal[:-1] if found[2] else literal
