"""What can be said of values that may be symbols, or have symbols in them."""

from collections.abc import Container, Iterable, Iterator

from deploy.ecs.evaluator.symbols import (
    Choice,
    NoValue,
    Pseudo,
    Reference,
    Symbol,
    Text,
    Value,
    Zone,
)

BOOLEANS = {  # YAML 1.1
    "true": ("True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"),
    "false": ("False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"),
}
KINDS = ((list, "a list"), (dict, "an object"))


class RefusedError(Exception):
    """CloudFormation would not take it. The text is a sentence."""


class UndecidedError(Exception):
    """A symbol decides the result."""


def scalar_text(value: Value) -> str:
    """As CloudFormation writes it into a string. Raises RefusedError."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    kind = next((name for kind, name in KINDS if isinstance(value, kind)), "null")
    raise RefusedError(f"{kind} stands where a string should be.")


def key_of(written: Value, keys: Container[str]) -> str:
    """The key that is meant: `yes` as a value is true, as a key it stays. Raises RefusedError."""
    name = scalar_text(written)
    if name in keys:
        return name
    return next((each for each in BOOLEANS.get(name, ()) if each in keys), name)


def joined(values: Iterable[Value]) -> str | Symbol:
    """One string of scalars and symbols. Raises RefusedError."""
    parts: list[str | Symbol] = []
    for value in values:
        for part in value.parts if isinstance(value, Text) else [value]:
            _append(parts, part if isinstance(part, Symbol) else scalar_text(part))
    if len(parts) > 1:
        return Text(tuple(parts))
    return parts[0] if parts else ""


def _append(parts: list[str | Symbol], part: str | Symbol) -> None:
    if isinstance(part, NoValue):
        raise RefusedError("AWS::NoValue stands where a string should be.")
    last = parts[-1] if parts else None
    if isinstance(part, str) and isinstance(last, str):
        parts[-1] = last + part
    elif part != "":
        parts.append(part)


def text(value: Value) -> str:
    """Raises RefusedError, UndecidedError."""
    if isinstance(value, Symbol):
        raise UndecidedError
    return scalar_text(value)


def choice(condition: str, then: Value, otherwise: Value) -> Value:
    if then == otherwise and type(then) is type(otherwise):
        return then
    return Choice(condition, then, otherwise)


def may_vanish(value: Value) -> bool:
    if isinstance(value, Choice):
        return may_vanish(value.then) or may_vanish(value.otherwise)
    return isinstance(value, NoValue)


def symbols_in(value: Value) -> Iterator[Symbol]:
    """All of them, also those within others."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, Symbol):
            yield each
            pending += vars(each).values()
        elif isinstance(each, dict):
            pending += each.values()
        elif isinstance(each, list | tuple):
            pending += each


def is_known(value: Value) -> bool:
    return next(symbols_in(value), None) is None


def never_empty(value: Value) -> bool:
    """Whether it is a symbol that certainly stands for at least one character."""
    if isinstance(value, Text):
        return any(isinstance(part, str) or never_empty(part) for part in value.parts)
    if isinstance(value, Choice):
        return all(
            never_empty(each) or (isinstance(each, str) and each != "")
            for each in (value.then, value.otherwise)
        )
    return isinstance(value, Reference | Zone | Pseudo)


def equal(left: Value, right: Value) -> bool | None:
    """As Fn::Equals compares, which takes "1" for 1 and "true" for true. None: a symbol decides."""
    left, right = _comparable(left), _comparable(right)
    if left == right:
        return True
    if is_known(left) and is_known(right):
        return False
    if (left == "" and never_empty(right)) or (right == "" and never_empty(left)):
        return False
    return None


def _comparable(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _comparable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return value if value is None or isinstance(value, Symbol) else scalar_text(value)
