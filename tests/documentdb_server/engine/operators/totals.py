"""The accumulators as expressions: over the elements of an array or over several arguments."""

from collections.abc import Callable
from typing import Any

from ..accumulators import ACCUMULATORS, Accumulator
from ..bson_types import Document
from ..expressions import Compile, Expression, Variables, compile_expression


def totalling(make: Callable[[], Accumulator]) -> Compile:
    def compile_total(operand: Any) -> Expression:
        if isinstance(operand, list) and len(operand) == 1:
            operand = operand[0]
        evaluate = compile_expression(operand)

        def total(document: Document, variables: Variables) -> Any:
            values = evaluate(document, variables)
            accumulator = make()
            for value in values if isinstance(values, list) else [values]:
                accumulator.add(value)
            return accumulator.result()

        return total

    return compile_total


OPERATORS: dict[str, Compile] = {
    name: totalling(ACCUMULATORS[name]) for name in ("$sum", "$avg", "$min", "$max")
}
