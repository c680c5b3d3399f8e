"""What each node of one template evaluates to. It never raises; what it cannot do is a problem."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from deploy.ecs.evaluator.conditions import NOTHING, Assumed, Conditions
from deploy.ecs.evaluator.functions import FUNCTIONS
from deploy.ecs.evaluator.loops import Loops
from deploy.ecs.evaluator.names import Names
from deploy.ecs.evaluator.places import Array, Object, Place, Problems
from deploy.ecs.evaluator.symbols import NO_VALUE, Unknown, Value
from deploy.ecs.evaluator.values import RefusedError, UndecidedError, choice

EXTENDED = ("Fn::Length", "Fn::ToJsonString")
ONLY_IN_CONDITIONS = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")


class Evaluator:
    def __init__(self, names: Names, problems: Problems) -> None:
        self.problems = problems
        self.is_extended = names.template.extended
        self.conditions = Conditions(self.evaluate, problems)
        self.loops = Loops(self.evaluate, self.check_extended, problems)
        self._assumed: Assumed = NOTHING
        self._functions: dict[str, Callable[[Value], Value]] = {
            **FUNCTIONS,
            "Ref": names.ref,
            "Fn::FindInMap": names.find_in_map,
            "Fn::GetAtt": names.get_att,
            "Fn::GetAZs": names.get_azs,
            "Fn::ImportValue": names.import_value,
            "Fn::Sub": names.sub,
        }

    def evaluate(self, node: Any) -> Value:
        if isinstance(node, Array):
            return self.array(node)
        if not isinstance(node, Object):
            return node
        if len(node) == 1:
            ((name, argument, place),) = node.located()
            if name == "Fn::If":
                return self.condition_function(argument, place)
            if name == "Ref" or (name.startswith("Fn::") and not name.startswith("Fn::ForEach::")):
                return self.call(name, argument, place)
        return self.object(node)

    def object(self, node: Object) -> Object:
        result = Object(node.place)
        for key, child, place in self.loops.entries(node):
            if key == "Fn::Transform":
                self.problems.note(place, _not_expanded(child))
            chosen, at = self.chosen(child, place)
            value = self.evaluate(chosen)
            if value is not NO_VALUE:
                result.put(key, value, at)
        return result

    def array(self, node: Array) -> Array:
        result = Array(node.place)
        for child, place in node.located():
            chosen, at = self.chosen(child, place)
            value = self.evaluate(chosen)
            if value is not NO_VALUE:
                result.put(value, at)
        return result

    def chosen(self, node: Any, place: Place) -> tuple[Any, Place]:
        """The branch that a known condition chooses, and its place."""
        while isinstance(node, Object) and node.keys() == {"Fn::If"}:
            branches = node["Fn::If"]
            if not isinstance(branches, Array) or len(branches) != 3:
                break
            truth = self.truth(branches[0], node.place)
            if truth is None:
                break
            index = 1 if truth else 2
            node, place = branches[index], branches.places[index]
        return node, place

    def call(self, name: str, argument: Any, place: Place) -> Value:
        given = self.evaluate(argument)
        if name == "Fn::Transform":
            self.problems.note(place, _not_expanded(argument))
        elif name in ONLY_IN_CONDITIONS:
            self.problems.refuse(place, f"{name} has its place in Conditions only.")
        elif name not in self._functions:
            self.problems.note(place, f"Not evaluated: {name} is not known here.")
        else:
            if name in EXTENDED:
                self.check_extended(name, place)
            try:
                return self._functions[name](given)
            except RefusedError as error:
                self.problems.refuse(place, f"{name}: {error}")
            except UndecidedError:
                pass
        return Unknown(name, given)

    def check_extended(self, name: str, place: Place) -> None:
        if not self.is_extended:
            self.problems.refuse(place, f"{name} needs Transform: AWS::LanguageExtensions.")

    def condition_function(self, argument: Any, place: Place) -> Value:
        if not isinstance(argument, Array) or len(argument) != 3:
            self.problems.refuse(place, "Fn::If: it takes a list of 3.")
            return Unknown("Fn::If", self.evaluate(argument))
        name, then, otherwise = argument
        truth = self.truth(name, place)
        if truth is not None:
            return self.evaluate(then if truth else otherwise)
        with self.assuming(name, True):
            first = self.evaluate(then)
        with self.assuming(name, False):
            second = self.evaluate(otherwise)
        return choice(self.conditions.name(name), first, second)

    def truth(self, name: Any, place: Place) -> bool | None:
        try:
            return self.conditions.truth(name, self._assumed)
        except RefusedError as error:
            self.problems.refuse(place, f"Condition: {error}")
            return None

    @contextmanager
    def assuming(self, condition: Any, value: bool) -> Iterator[None]:
        """Within a branch, what its condition decided. It must not be known without."""
        before = self._assumed
        self._assumed = before | {(self.conditions.name(condition), value)}
        try:
            yield
        finally:
            self._assumed = before


def _not_expanded(transform: Any) -> str:
    name = transform.get("Name") if isinstance(transform, Object) else transform
    return f"Not expanded: Fn::Transform of {name}."
