"""The conditions of statements, as far as what they ask is known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Mapping

from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.graph.reading import leaves
from deploy.ecs.graph.truth import Truth, all_of, any_of, negated
from deploy.ecs.graph.wildcards import arn_matches, matches

# Whether they take * and ?, and whether capitals matter.
OPERATORS = {
    "StringEquals": (False, False),
    "StringEqualsIgnoreCase": (False, True),
    "StringLike": (True, False),
    "ArnEquals": (True, False),
    "ArnLike": (True, False),
}


def hold(conditions: Value, context: Mapping[str, Value]) -> Truth:
    """All of them. A key that `context` lacks, and an operator that is none of these: not known."""
    if not isinstance(conditions, dict):
        return None
    known = {key.lower(): value for key, value in context.items()}
    return all_of(
        _holds(str(operator), str(key), wanted, known)
        for operator, keys in conditions.items()
        for key, wanted in (keys.items() if isinstance(keys, dict) else [("", None)])
    )


def _holds(operator: str, key: str, wanted: Value, context: Mapping[str, Value]) -> Truth:
    name = operator.removesuffix("IfExists")
    is_not = "Not" in name
    name = name.replace("NotEquals", "Equals").replace("NotLike", "Like")
    value = context.get(key.lower())
    if name not in OPERATORS or value is None:
        return None
    has_wildcards, ignore_case = OPERATORS[name]
    patterns = wanted if isinstance(wanted, list) else [wanted]
    if name.startswith("Arn"):  # each of the six fields by itself
        found = any_of(arn_matches(each, value) for each in patterns)
    else:
        found = any_of(_fits(each, value, has_wildcards, ignore_case) for each in patterns)
    return negated(found) if is_not else found


def _fits(pattern: Value, value: Value, has_wildcards: bool, ignore_case: bool) -> Truth:
    if not has_wildcards and _has_signs(pattern):
        return (
            None if isinstance(value, Symbol) or isinstance(pattern, Symbol) else pattern == value
        )
    return matches(pattern, value, ignore_case)


def _has_signs(pattern: Value) -> bool:
    return any(sign in str(each) for each in leaves(pattern) for sign in "*?")
