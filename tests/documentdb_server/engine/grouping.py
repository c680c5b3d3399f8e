"""The stage $group."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .accumulators import ACCUMULATORS, Accumulator
from .bson_types import MISSING, Document
from .errors import CommandError
from .expressions import Expression, compile_expression
from .ordering import key
from .stages import Stage


def group(operand: Any) -> Stage:
    if not isinstance(operand, dict) or "_id" not in operand:
        raise CommandError(15955, "a group specification must include an _id")
    return Group(operand).stage


class Group:
    def __init__(self, operand: Document) -> None:
        self.id = compile_expression(operand["_id"])
        fields = [(name, value) for name, value in operand.items() if name != "_id"]
        self.names = [name for name, _ in fields]
        self.makers = []
        self.expressions: list[Expression] = []
        for name, value in fields:
            operator, expression = accumulation(name, value)
            self.makers.append(ACCUMULATORS[operator])
            self.expressions.append(compile_expression(expression))

    def stage(self, documents: Iterable[Document]) -> Iterator[Document]:
        groups: dict[bytes, tuple[Any, list[Accumulator]]] = {}
        for document in documents:
            value = self.id(document, {})
            if value is MISSING:
                value = None
            value_key = key(value)
            if value_key not in groups:
                groups[value_key] = value, [make() for make in self.makers]
            accumulators = groups[value_key][1]
            for accumulator, expression in zip(accumulators, self.expressions, strict=True):
                accumulator.add(expression(document, {}))
        for value, accumulators in groups.values():
            results = [accumulator.result() for accumulator in accumulators]
            yield {"_id": value, **dict(zip(self.names, results, strict=True))}


def counted_group(operator: str, operand: Any) -> Callable[[int], list[Document]] | None:
    """What makes the result of a stage that only counts from the count, without the documents."""
    if operator == "$count":
        return lambda count: [{operand: count}] if count else []
    if operator != "$group" or not isinstance(operand, dict) or operand.get("_id", 0) is not None:
        return None
    weights = {}
    for name, value in operand.items():
        if name == "_id":
            continue
        weight = value.get("$sum") if isinstance(value, dict) and len(value) == 1 else None
        if type(weight) is not int:
            return None
        weights[name] = weight
    return lambda count: (
        [{"_id": None, **{name: count * weight for name, weight in weights.items()}}]
        if count
        else []
    )


def accumulation(name: str, value: Any) -> tuple[str, Any]:
    if not isinstance(value, dict) or len(value) != 1:
        raise CommandError(40234, f"The field '{name}' must be an accumulator object")
    ((operator, expression),) = value.items()
    if operator not in ACCUMULATORS:
        raise CommandError(15952, f"unknown group operator '{operator}'")
    return operator, expression
