"""The Rules of a template: what its parameters must be together.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from deploy.ecs.evaluator.conditions import OPERATORS, Truth
from deploy.ecs.evaluator.places import Array, Object, Place, Problems
from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.evaluator.values import RefusedError, equal


class Rules:
    """Checked before anything is created. What a symbol decides is not refused."""

    def __init__(self, evaluate: Callable[[Any], Value], problems: Problems) -> None:
        self._evaluate = evaluate
        self._problems = problems

    def check(self, rules: Iterable[tuple[str, Any, Place]]) -> None:
        for name, rule, place in rules:
            if not isinstance(rule, Object) or not isinstance(rule.get("Assertions"), Array):
                self._problems.refuse(place, f"Rule {name} has no Assertions.")
            elif self._applies(name, rule, place):
                for assertion, at in rule["Assertions"].located():
                    self._assert(name, assertion, at)

    def _applies(self, name: str, rule: Object, place: Place) -> bool:
        return "RuleCondition" not in rule or bool(self._decide(name, rule["RuleCondition"], place))

    def _assert(self, name: str, assertion: Any, place: Place) -> None:
        if not isinstance(assertion, Object) or "Assert" not in assertion:
            self._problems.refuse(place, f"Rule {name} has an assertion without Assert.")
        elif self._decide(name, assertion["Assert"], place) is False:
            told = assertion.get("AssertDescription", f"Rule {name} does not hold.")
            self._problems.refuse(place, str(told))

    def _decide(self, name: str, node: Any, place: Place) -> Truth:
        try:
            return self._truth(node)
        except RefusedError as error:
            self._problems.refuse(place, f"Rule {name}: {error}")
            return None

    def _truth(self, node: Any) -> Truth:
        if not isinstance(node, Object) or len(node) != 1:
            raise RefusedError("it is no function of conditions.")
        [(function, argument)] = node.items()
        if function in OPERATORS and isinstance(argument, Array):
            fewest, most, decide = OPERATORS[function]
            if not fewest <= len(argument) <= most:
                raise RefusedError(f"{function} takes {fewest} to {most} conditions.")
            return decide([self._truth(each) for each in argument])
        if function not in COMPARISONS:
            raise RefusedError(f"{function} has no place in a rule.")
        if not isinstance(argument, Array) or len(argument) != 2:
            raise RefusedError(f"{function} takes a list of 2.")
        return COMPARISONS[function](*map(self._evaluate, argument))


def _contains(among: Value, one: Value) -> Truth:
    if isinstance(among, Symbol):
        return None
    found = [equal(each, one) for each in _listed(among)]
    return True if True in found else None if None in found else False


def _each_in(some: Value, among: Value) -> Truth:
    if isinstance(some, Symbol):
        return None
    found = [_contains(among, each) for each in _listed(some)]
    return False if False in found else None if None in found else True


def _each_equals(some: Value, one: Value) -> Truth:
    if isinstance(some, Symbol):
        return None
    found = [equal(each, one) for each in _listed(some)]
    return False if False in found else None if None in found else True


def _listed(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise RefusedError("a list stands here.")
    return value


COMPARISONS: dict[str, Callable[[Value, Value], Truth]] = {
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_equals,
    "Fn::EachMemberIn": _each_in,
    "Fn::Equals": equal,
}
