"""$trunc, $round and $pow by $floor, $ceil and $multiply."""

from collections.abc import Mapping
from typing import Any

MQL = dict[str, Any]

# Beyond, the product would be written too often; nobody asks for it.
LARGEST_EXPONENT = 16


def truncated_number(argument: Any) -> MQL:
    """Towards zero, as $trunc."""
    toward_zero = {
        "$cond": [{"$lt": ["$$number", 0]}, {"$ceil": "$$number"}, {"$floor": "$$number"}]
    }
    return _scaled("$trunc", argument, toward_zero)


def rounded(argument: Any) -> MQL:
    """Half to even, as $round."""
    rest = {"$subtract": ["$$number", "$$down"]}
    up = {
        "$switch": {
            "branches": [
                {"case": {"$gt": [rest, 0.5]}, "then": 1},
                {"case": {"$lt": [rest, 0.5]}, "then": 0},
            ],
            "default": {"$abs": {"$mod": ["$$down", 2]}},
        }
    }
    nearest = {
        "$let": {"vars": {"down": {"$floor": "$$number"}}, "in": {"$add": ["$$down", up]}},
    }
    return _scaled("$round", argument, nearest)


def power(argument: list[Any]) -> Any:
    """$pow with a constant whole exponent above 0; any other is left as it is."""
    base, exponent = (constant(each) for each in argument)
    if type(exponent) is not int or not 1 <= exponent <= LARGEST_EXPONENT:
        return {"$pow": argument}
    if isinstance(base, int | float):
        return {"$literal": base**exponent}
    factors = ["$$base"] * exponent
    return {"$let": {"vars": {"base": argument[0]}, "in": {"$multiply": factors}}}


def constant(node: Any) -> Any:
    return node["$literal"] if isinstance(node, Mapping) and "$literal" in node else node


def _scaled(operator: str, argument: Any, whole: MQL) -> MQL:
    """`whole` makes $$number a whole number; done at the wanted decimal place."""
    value, *rest = argument if isinstance(argument, list) else [argument]
    places = constant(rest[0]) if rest else 0
    if type(places) is not int:
        return {operator: argument}
    factor = 10 ** abs(places)
    if places < 0:
        number, result = {"$divide": [value, factor]}, {"$multiply": [whole, factor]}
    elif places > 0:
        number, result = {"$multiply": [value, factor]}, {"$divide": [whole, factor]}
    else:
        number, result = value, whole
    return {"$let": {"vars": {"number": number}, "in": result}}
