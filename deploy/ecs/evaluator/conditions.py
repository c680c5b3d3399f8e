"""The conditions of a template in three values; None says that a symbol decides."""

from collections.abc import Callable, Iterable
from typing import Any

from deploy.ecs.evaluator.places import Array, Object, Place, Problems
from deploy.ecs.evaluator.references import conditions_in, in_order
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, equal, key_of

Truth = bool | None
Assumed = frozenset[tuple[str, bool]]  # of conditions that are not known
NOTHING: Assumed = frozenset()


class Conditions:
    def __init__(self, evaluate: Callable[[Any], Value], problems: Problems) -> None:
        self._evaluate = evaluate
        self._problems = problems
        self._definitions: dict[str, tuple[Any, Place]] = {}
        self._order: list[str] = []
        self._tables: dict[Assumed, dict[str, Truth]] = {NOTHING: {}}

    def define(self, definitions: Iterable[tuple[str, Any, Place]]) -> None:
        self._definitions = {name: (node, place) for name, node, place in definitions}
        graph = {
            name: set(conditions_in(node, self._definitions))
            for name, (node, _) in self._definitions.items()
        }
        self._order, circles = in_order(graph)
        circular = {name for circle in circles for name in circle}
        for circle in circles:
            text = f"Conditions go round in a circle: {', '.join(circle)}."
            self._problems.refuse(self._definitions[circle[0]][1], text)
        self._tables[NOTHING] |= dict.fromkeys(circular)
        self._fill(self._tables[NOTHING])

    def name(self, written: Any) -> str:
        """Also of what is none, for that is a problem already."""
        try:
            return key_of(written, self._definitions)
        except RefusedError:
            return str(written)

    def truth(self, written: Any, assumed: Assumed) -> Truth:
        """Raises RefusedError where there is no such condition."""
        name = key_of(written, self._definitions)
        if name not in self._definitions:
            raise RefusedError(f"there is no condition {name}.")
        if assumed not in self._tables:
            known = {each: value for each, value in self.known().items() if value is not None}
            self._tables[assumed] = {**known, **dict(assumed)}
            self._fill(self._tables[assumed])
        return self._tables[assumed].get(name)

    def known(self) -> dict[str, Truth]:
        return {name: self._tables[NOTHING][name] for name in self._definitions}

    def _fill(self, table: dict[str, Truth]) -> None:
        for name in self._order:
            if name not in table:
                node, place = self._definitions[name]
                try:
                    table[name] = self._decide(node, table)
                except RefusedError as error:
                    table[name] = None
                    self._problems.refuse(place, f"Condition {name}: {error}")

    def _decide(self, node: Any, table: dict[str, Truth]) -> Truth:
        if isinstance(node, Object) and len(node) == 1:
            (function, argument) = next(iter(node.items()))
            if function == "Condition":
                return self._named(argument, table)
            if function in OPERATORS and isinstance(argument, Array):
                fewest, most, decide = OPERATORS[function]
                if not fewest <= len(argument) <= most:
                    raise RefusedError(f"{function} takes {fewest} to {most} conditions.")
                return decide([self._decide(each, table) for each in argument])
            if function == "Fn::Equals":
                return self._equals(argument)
        raise RefusedError("it is none of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.")

    def _named(self, written: Any, table: dict[str, Truth]) -> Truth:
        name = key_of(written, self._definitions)
        if name not in self._definitions:
            raise RefusedError(f"there is no condition {name}.")
        return table.get(name)

    def _equals(self, argument: Any) -> Truth:
        if not isinstance(argument, Array) or len(argument) != 2:
            raise RefusedError("Fn::Equals takes a list of 2.")
        left, right = argument
        return equal(self._evaluate(left), self._evaluate(right))


def _all(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _any(truths: list[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False


def _not(truths: list[Truth]) -> Truth:
    return None if truths[0] is None else not truths[0]


OPERATORS: dict[str, tuple[int, int, Callable[[list[Truth]], Truth]]] = {
    "Fn::And": (2, 10, _all),
    "Fn::Or": (2, 10, _any),
    "Fn::Not": (1, 1, _not),
}
