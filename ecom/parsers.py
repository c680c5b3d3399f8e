"""JSON as RFC 8259 has it, and nothing that a database could not hold."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, get_encoding  # type: ignore[attr-defined]

MAX_DEPTH = 20
MAX_DIGITS = 100
# An escaped NUL, and not an escaped backslash before the text "u0000".
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def depth(value: Any) -> int:
    """How deep lists and objects nest. Raises RecursionError beyond the interpreter's limit."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


class StrictJSONParser(JSONParser):
    """Refuses NaN and Infinity, invalid UTF-8, lone surrogates, NUL and deep nesting."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        encoding = get_encoding(parser_context or {})
        try:
            value = json.loads(
                stream.read().decode(encoding),
                parse_constant=refuse_constant,
                parse_int=whole_number,
            )
            too_deep = depth(value) > MAX_DEPTH
            text = json.dumps(value, ensure_ascii=False)
            text.encode()
        except UnicodeEncodeError as error:
            raise ParseError("The body holds half of a surrogate pair.") from error
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not {encoding}: {error.reason}.") from error
        except RecursionError as error:
            raise ParseError("The body nests too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        if too_deep:
            raise ParseError(f"The body nests deeper than {MAX_DEPTH} levels.")
        if NUL.search(text):
            raise ParseError("The body holds a NUL character.")
        return value
