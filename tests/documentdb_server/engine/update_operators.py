"""The update operators: each makes, from its operand, a function from the old value to the new."""

from collections.abc import Callable
from operator import and_, or_, xor
from typing import Any

from bson import Int64, Timestamp

from . import numbers
from .array_updates import ARRAY_OPERATORS
from .bson_types import MISSING, now, type_name
from .errors import BAD_VALUE, TYPE_MISMATCH, CommandError
from .ordering import key
from .update_paths import Modify


def setting(path: str, operand: Any) -> Modify:
    return lambda old: operand


def unsetting(path: str, operand: Any) -> Modify:
    return lambda old: MISSING


def increment(path: str, operand: Any) -> Modify:
    return calculating("$inc", numbers.add, path, operand)


def multiplication(path: str, operand: Any) -> Modify:
    return calculating("$mul", numbers.multiply, path, operand)


def calculating(
    operator: str, calculate: Callable[[Any, Any], Any], path: str, operand: Any
) -> Modify:
    """A field that is not there counts as zero."""
    if not numbers.is_number(operand):
        verb = "increment" if operator == "$inc" else "multiply"
        raise CommandError(
            TYPE_MISMATCH, f"Cannot {verb} with non-numeric argument: the operand of '{path}'"
        )

    def modify(old: Any) -> Any:
        if old is MISSING:
            return calculate(0, operand)
        if not numbers.is_number(old):
            raise CommandError(
                TYPE_MISMATCH,
                f"Cannot apply {operator} to a value of non-numeric type. The field '{path}' is "
                f"of non-numeric type {type_name(old)}",
            )
        new = calculate(old, operand)
        if isinstance(new, float) and isinstance(old, int) and isinstance(operand, int):
            raise CommandError(
                BAD_VALUE,
                f"Failed to apply {operator} operations to current value of '{path}': it would "
                "leave the 64 bits of a long",
            )
        return new

    return modify


def at_least(path: str, operand: Any) -> Modify:
    wanted = key(operand)
    return lambda old: operand if old is MISSING or key(old) < wanted else old


def at_most(path: str, operand: Any) -> Modify:
    wanted = key(operand)
    return lambda old: operand if old is MISSING or key(old) > wanted else old


def current_date(path: str, operand: Any) -> Modify:
    kind = operand.get("$type") if isinstance(operand, dict) else "date"
    if kind == "date":
        return lambda old: now()
    if kind == "timestamp":
        return lambda old: Timestamp(now(), 1)
    raise CommandError(
        BAD_VALUE, "$currentDate takes true, {$type: 'date'} or {$type: 'timestamp'}"
    )


BITWISE: dict[str, Callable[[int, int], int]] = {"and": and_, "or": or_, "xor": xor}


def bitwise(path: str, operand: Any) -> Modify:
    if not isinstance(operand, dict) or not operand or not set(operand) <= set(BITWISE):
        raise CommandError(BAD_VALUE, "$bit takes {and: …}, {or: …} or {xor: …} of whole numbers")

    def modify(old: Any) -> Any:
        value = 0 if old is MISSING else old
        for name, bits in operand.items():
            if type_name(value) not in {"int", "long"} or type_name(bits) not in {"int", "long"}:
                raise CommandError(
                    BAD_VALUE, f"Cannot apply $bit to a value of non-integral type: '{path}'"
                )
            wide = isinstance(value, Int64) or isinstance(bits, Int64)
            result = BITWISE[name](value, bits)
            value = Int64(result) if wide else result
        return value

    return modify


OPERATORS: dict[str, Callable[[str, Any], Modify]] = {
    "$set": setting,
    "$setOnInsert": setting,
    "$unset": unsetting,
    "$inc": increment,
    "$mul": multiplication,
    "$max": at_least,
    "$min": at_most,
    "$currentDate": current_date,
    "$bit": bitwise,
    **ARRAY_OPERATORS,
}
