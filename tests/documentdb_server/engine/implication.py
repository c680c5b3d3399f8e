"""Whether a sparse or partial index holds every document that a query can match."""

from . import intervals
from .bson_types import Document
from .conditions import Condition, conditions
from .indexes import Index
from .intervals import Intervals

# What these match is there, unless they are asked for null.
PRESENT = frozenset({"$eq", "$in", "$gt", "$gte", "$lt", "$lte", "$regex", "$type", "$mod", "$all"})


def files_all_matches(index: Index, query: Document) -> bool:
    filter_: Document = index.spec.get("partialFilterExpression", {})
    if index.sparse and not any(
        finds_present(condition)
        for condition in conditions(query)
        if condition.path in index.pattern
    ):
        return False
    asked = list(conditions(query))
    return all(
        any(implies(condition, required) for condition in asked) for required in conditions(filter_)
    )


def implies(condition: Condition, required: Condition) -> bool:
    if condition == required:
        return True
    if condition.path != required.path:
        return False
    if required.operator == "$exists":
        return bool(required.operand) and finds_present(condition)
    narrow = intervals.of_operator(condition.operator, condition.operand)
    wide = intervals.of_operator(required.operator, required.operand)
    return narrow is not None and wide is not None and covers(wide, narrow)


def covers(wide: Intervals, narrow: Intervals) -> bool:
    return all(
        any(
            around.low.position <= interval.low.position
            and interval.high.position <= around.high.position
            for around in wide
        )
        for interval in narrow
    )


def finds_present(condition: Condition) -> bool:
    operator, operand = condition.operator, condition.operand
    if operator == "$exists":
        return bool(operand)
    if operator in {"$in", "$all"}:
        return isinstance(operand, list) and None not in operand
    return operator in PRESENT and operand is not None
