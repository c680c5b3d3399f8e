"""JSON in strings that may have symbols in them."""

import json

from deploy.ecs.evaluator.symbols import NoValue, Symbol, Value
from deploy.ecs.graph.reading import parts_of

HOLE = "\ufffc"  # stands for a symbol, inside a string or as a number


def top_keys(value: Value) -> frozenset[str] | None:
    """Those of an object; of one that is not written at all, none."""
    if isinstance(value, NoValue):
        return frozenset()
    parts = parts_of(value)
    if parts is None or (len(parts) == 1 and isinstance(parts[0], Symbol)):
        return None
    found = _parsed("".join(each if isinstance(each, str) else HOLE for each in parts))
    if not isinstance(found, dict) or any(HOLE in key for key in found):
        return None
    return frozenset(found)


def _parsed(written: str) -> object:
    for hole in (HOLE, "0"):  # a symbol in a string, or one that stands for a number
        try:
            return json.loads(written.replace(HOLE, hole))
        except (ValueError, RecursionError):
            continue
    return None
