"""Whether a pattern with * and ? matches, where both may have symbols in them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.graph.names import fields
from deploy.ecs.graph.reading import leaves, parts_of
from deploy.ecs.graph.truth import Truth, all_of

VARIABLE = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)  # ${aws:username}, or a single character
ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}
OF_ARN = 6  # fields
LONGEST = 4_000  # signs; the limit of a policy is 10,240, and of an ARN 2,048


@dataclass(frozen=True)
class Sign(Symbol):
    """One character that AWS chooses."""

    of: Symbol
    index: int


class Wildcard(Enum):
    MANY = "*"
    ONE = "?"


MANY, ONE = Wildcard.MANY, Wildcard.ONE
Token = str | Symbol | Wildcard


def matches(pattern: Value, value: Value, ignore_case: bool = False) -> Truth:
    found = {
        _matches(one, other, ignore_case) for one in leaves(pattern) for other in leaves(value)
    }
    return found.pop() if len(found) == 1 else None


def arn_matches(pattern: Value, value: Value) -> Truth:
    """Of ARNs each of the six fields by itself, so that no * goes beyond its field."""
    found = {_arn_matches(one, other) for one in leaves(pattern) for other in leaves(value)}
    return found.pop() if len(found) == 1 else None


def _arn_matches(pattern: Value, value: Value) -> Truth:
    wanted, there = _fields(pattern), _fields(value)
    if len(wanted) == len(there) == OF_ARN:
        return all_of(matches(one, other) for one, other in zip(wanted, there, strict=True))
    found = matches(pattern, value)
    # What IAM makes of a pattern with fewer fields is not documented.
    return None if found and 0 < len(wanted) < len(there) else found


def _fields(value: Value) -> list[Value]:
    found = fields(value, ":", OF_ARN - 1) or []
    return found if found[:1] == ["arn"] else []


def _matches(pattern: Value, value: Value, ignore_case: bool) -> Truth:
    wanted, there = _tokens(pattern, ignore_case), _signs(value, ignore_case)
    if wanted is None or there is None or max(len(wanted), len(there)) > LONGEST:
        return None
    if wanted == [MANY] or _meet(wanted, there, certainly=True):
        return True
    is_known = not any(isinstance(each, Symbol) for each in [*wanted, *there])
    return False if is_known or not _meet(wanted, there, certainly=False) else None


def _tokens(pattern: Value, ignore_case: bool) -> list[Token] | None:
    parts = parts_of(pattern)
    if parts is None:
        return None
    found: list[Token] = []
    for part in parts:
        if isinstance(part, Symbol):
            found.append(part)
            continue
        for each in VARIABLE.findall(part.lower() if ignore_case else part):
            found.append(_token(each))
    return found


def _token(written: str) -> Token:
    if written in ESCAPED:
        return ESCAPED[written]
    if len(written) > 1:  # what it stands for is known only to the request
        return UNSAID
    return {"*": MANY, "?": ONE}.get(written, written)


class Unsaid(Symbol):
    pass


UNSAID = Unsaid()


def _signs(value: Value, ignore_case: bool) -> list[Token] | None:
    parts = parts_of(value)
    if parts is None:
        return None
    found: list[Token] = []
    for part in parts:
        found += [part] if isinstance(part, Symbol) else list(part.lower() if ignore_case else part)
    return found


def _meet(pattern: Sequence[Token], value: Sequence[Token], certainly: bool) -> bool:
    """Certainly: a symbol is equal to itself alone. Else: to anything at all."""
    row = [True] + [False] * len(value)
    for index, sign in enumerate(value):
        is_vague = isinstance(sign, Symbol) and not isinstance(sign, Sign)
        row[index + 1] = row[index] and not certainly and is_vague
    for token in pattern:
        row = _next(row, token, value, certainly)
    return row[-1]


def _next(row: list[bool], token: Token, value: Sequence[Token], certainly: bool) -> list[bool]:
    is_open = not certainly and isinstance(token, Symbol)
    stretches = is_open or token is MANY
    found = [row[0] and stretches]
    for index, sign in enumerate(value):
        vague = not certainly and isinstance(sign, Symbol) and not isinstance(sign, Sign)
        found.append(
            (stretches and (row[index + 1] or found[index]))
            or (vague and (found[index] or row[index + 1]))
            or (row[index] and _equal(token, sign, certainly))
        )
    return found


def _equal(token: Token, sign: Token, certainly: bool) -> bool:
    if token is ONE or (isinstance(sign, Sign) and isinstance(token, str) and not certainly):
        return isinstance(sign, str | Sign)
    return token is not UNSAID and token == sign
