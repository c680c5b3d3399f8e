from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..bson_types import Document, type_name
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables
from ..regexes import regex
from .arguments import calling, calling_named, folding, is_nothing, named, null_passing
from .conversions import text_of

WHITESPACE = (
    "\0\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)


def string(operator: str, value: Any, code: int) -> str:
    if not isinstance(value, str):
        raise CommandError(
            code, f"{operator} requires a string argument, found: {type_name(value)}"
        )
    return value


def concat(values: list[Any]) -> str | None:
    if any(map(is_nothing, values)):
        return None
    return "".join(string("$concat", value, 16702) for value in values)


def coerced(value: Any) -> str:
    """As $toLower, $toUpper and $substr take their argument: null is the empty string."""
    if is_nothing(value):
        return ""
    if isinstance(value, str | datetime) or type_name(value) in {
        "int",
        "long",
        "double",
        "decimal",
    }:
        return text_of(value)
    raise CommandError(16007, f"can't convert from BSON type {type_name(value)} to String")


def lower(value: Any) -> str:
    """ASCII letters only, as MongoDB."""
    return ascii_case(coerced(value), str.lower)


def upper(value: Any) -> str:
    return ascii_case(coerced(value), str.upper)


def ascii_case(text: str, change: Callable[[str], str]) -> str:
    if text.isascii():
        return change(text)
    return "".join(change(letter) if letter.isascii() else letter for letter in text)


def length_in_characters(value: Any) -> int:
    return len(string("$strLenCP", value, 34471))


def length_in_bytes(value: Any) -> int:
    return len(string("$strLenBytes", value, 34473).encode())


def substring(value: Any, start: Any, count: Any) -> str:
    if is_nothing(value):
        return ""
    start, count = whole("$substrCP", start, 34450), whole("$substrCP", count, 34452)
    if start < 0 or count < 0:
        raise CommandError(34455, "$substrCP: the starting index and the length must be positive")
    return coerced(value)[start : start + count]


def substring_of_bytes(value: Any, start: Any, count: Any) -> str:
    """A negative count means to the end."""
    encoded = coerced(value).encode()
    start, count = whole("$substrBytes", start, 16034), whole("$substrBytes", count, 16035)
    if start < 0:
        raise CommandError(50752, "$substrBytes: starting index must be non-negative")
    try:
        return encoded[start : None if count < 0 else start + count].decode()
    except UnicodeDecodeError:
        raise CommandError(
            28656, "$substrBytes: Invalid range: it begins or ends in the middle of a character"
        ) from None


def whole(operator: str, value: Any, code: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise CommandError(code, f"{operator} needs whole numbers, not {type_name(value)}")
    return int(value)


def index_of(value: Any, part: Any, start: Any = 0, end: Any = None) -> int | None:
    if is_nothing(value):
        return None
    string("$indexOfCP", value, 40093)
    string("$indexOfCP", part, 40094)
    found: int = value.find(part, start, end)
    return found


def index_of_bytes(value: Any, part: Any, start: Any = 0, end: Any = None) -> int | None:
    if is_nothing(value):
        return None
    encoded = string("$indexOfBytes", value, 40091).encode()
    return encoded.find(string("$indexOfBytes", part, 40092).encode(), start, end)


def split(value: Any, separator: Any) -> list[str]:
    if not string("$split", separator, 40086):
        raise CommandError(40087, "$split requires a non-empty separator")
    return string("$split", value, 40085).split(separator)


def compare_ignoring_case(left: Any, right: Any) -> int:
    one, other = upper(left), upper(right)
    return (one > other) - (one < other)


def trimming(strip: Callable[[str, str], str]) -> Compile:
    def trim(input: Any, chars: Any) -> str | None:
        if is_nothing(input) or chars is None:
            return None
        characters = chars if isinstance(chars, str) else WHITESPACE
        return strip(string("$trim", input, 50699), characters)

    return calling_named(trim, ("input", "chars"))


def replacing(count: int) -> Compile:
    def replace(input: Any, find: Any, replacement: Any) -> str | None:
        if any(map(is_nothing, (input, find, replacement))):
            return None
        text = string("$replaceAll", input, 51746)
        new = string("$replaceAll", replacement, 51744)
        return text.replace(string("$replaceAll", find, 51745), new, count)

    return calling_named(replace, ("input", "find", "replacement"))


def searching(result: Callable[[Any, str], Any], of_null: Callable[[], Any]) -> Compile:
    """$regexMatch, $regexFind and $regexFindAll differ in what they make of the matches."""

    def compile_search(operand: Any) -> Expression:
        arguments = named(operand, ("input", "regex", "options"))

        def evaluate(document: Document, variables: Variables) -> Any:
            text = arguments["input"](document, variables)
            pattern = arguments["regex"](document, variables)
            if is_nothing(text) or is_nothing(pattern):
                return of_null()
            options = arguments["options"](document, variables)
            compiled = regex(pattern, options if isinstance(options, str) else None)
            return result(compiled, string("$regexMatch", text, 51104))

        return evaluate

    return compile_search


def match_document(found: Any) -> Document:
    return {"match": found[0], "idx": found.start(), "captures": list(found.groups())}


def find_first(pattern: Any, text: str) -> Document | None:
    found = pattern.search(text)
    return match_document(found) if found else None


OPERATORS: dict[str, Compile] = {
    "$concat": folding(concat),
    "$toLower": calling(lower, 1),
    "$toUpper": calling(upper, 1),
    "$strLenCP": calling(length_in_characters, 1),
    "$strLenBytes": calling(length_in_bytes, 1),
    "$substrCP": calling(substring, 3),
    "$substrBytes": calling(substring_of_bytes, 3),
    "$substr": calling(substring_of_bytes, 3),
    "$indexOfCP": calling(index_of, 2, 4),
    "$indexOfBytes": calling(index_of_bytes, 2, 4),
    "$split": calling(null_passing(split), 2),
    "$strcasecmp": calling(compare_ignoring_case, 2),
    "$trim": trimming(str.strip),
    "$ltrim": trimming(str.lstrip),
    "$rtrim": trimming(str.rstrip),
    "$replaceOne": replacing(1),
    "$replaceAll": replacing(-1),
    "$regexMatch": searching(lambda pattern, text: pattern.search(text) is not None, lambda: False),
    "$regexFind": searching(find_first, lambda: None),
    "$regexFindAll": searching(
        lambda pattern, text: [match_document(found) for found in pattern.finditer(text)], list
    ),
}
