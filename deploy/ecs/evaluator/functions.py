"""The functions whose result follows from their evaluated argument alone.

All raise RefusedError, and UndecidedError where a symbol decides.
"""

import base64
import ipaddress
import json
from collections.abc import Callable

from deploy.ecs.evaluator.symbols import Reference, Symbol, Text, Value, Zone, Zones
from deploy.ecs.evaluator.values import (
    RefusedError,
    UndecidedError,
    is_known,
    joined,
    may_vanish,
    text,
)

CIDRS = 256  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html


def arguments(value: Value, *counts: int) -> list[Value]:
    if isinstance(value, Symbol):
        raise UndecidedError
    if not isinstance(value, list) or len(value) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        raise RefusedError(f"it takes a list of {wanted}.")
    if any(may_vanish(each) for each in value):
        raise UndecidedError
    return value


def elements(value: Value) -> list[Value]:
    """Those of a list whose length is known."""
    if isinstance(value, Symbol):
        raise UndecidedError
    if not isinstance(value, list):
        raise RefusedError("it takes a list here.")
    if any(may_vanish(each) for each in value):
        raise UndecidedError
    return value


def join(value: Value) -> Value:
    delimiter, items = arguments(value, 2)
    separated: list[Value] = []
    for item in elements(items):
        separated += [delimiter, item]
    return joined(separated[1:])


def split(value: Value) -> Value:
    delimiter, whole = arguments(value, 2)
    if (mark := text(delimiter)) == "":
        raise RefusedError("the delimiter is empty.")
    return pieces(whole, mark)


def pieces(whole: Value, delimiter: str) -> list[Value]:
    if not isinstance(whole, Symbol):
        return list(text(whole).split(delimiter))
    found: list[list[Value]] = [[]]
    for part in whole.parts if isinstance(whole, Text) else (whole,):
        if isinstance(part, str):
            first, *others = part.split(delimiter)
            found[-1].append(first)
            found += [[each] for each in others]
        # No name or id that AWS gives has a comma in it. An ARN has other delimiters.
        elif isinstance(part, Reference | Zone) and delimiter == ",":
            found[-1].append(part)
        else:
            raise UndecidedError
    return [joined(each) for each in found]


def select(value: Value) -> Value:
    position, items = arguments(value, 2)
    index = number(position)
    if index < 0:
        raise RefusedError(f"there is no element {index}.")
    if isinstance(items, Zones):
        return Zone(items.region, index)
    if isinstance(items, list) and index < len(items):
        return elements(items[: index + 1])[index]
    raise RefusedError(f"there is no element {index} in a list of {len(elements(items))}.")


def number(value: Value) -> int:
    try:
        return int(text(value))
    except ValueError as error:
        raise RefusedError(f"{value!r} is no whole number.") from error


def encode(value: Value) -> Value:
    return base64.b64encode(text(value).encode(errors="surrogatepass")).decode()


def cidr(value: Value) -> Value:
    block, count, *bits = arguments(value, 2, 3)
    if not bits:  # documented as required, but taken; nowhere is said for what
        raise UndecidedError
    wanted, host_bits = number(count), number(bits[0])
    try:
        network = ipaddress.ip_network(text(block), strict=False)
    except ValueError as error:
        raise RefusedError(f"{block} is no block of addresses.") from error
    prefix = network.max_prefixlen - host_bits
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise RefusedError(f"{network} has no blocks of {host_bits} bits.")
    if not 1 <= wanted <= min(CIDRS, 2 ** (prefix - network.prefixlen)):
        raise RefusedError(f"{network} cannot be split into {wanted} blocks of {host_bits} bits.")
    subnets = network.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(wanted)]


def length(value: Value) -> Value:
    return len(elements(value))


def to_json(value: Value) -> Value:
    if not is_known(value):
        raise UndecidedError
    if not isinstance(value, dict | list):
        raise RefusedError("it takes an object or a list.")
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "Fn::Base64": encode,
    "Fn::Cidr": cidr,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::ToJsonString": to_json,
}
