"""The values of a template's parameters, checked as CloudFormation checks them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Mapping
from typing import Any

from deploy.ecs.evaluator.functions import pieces
from deploy.ecs.evaluator.places import Object, Place, Problem, Problems
from deploy.ecs.evaluator.pseudo import Kept
from deploy.ecs.evaluator.symbols import Parameter, Symbol, Unknown, Value
from deploy.ecs.evaluator.template import Template, entities
from deploy.ecs.evaluator.values import RefusedError, UndecidedError, scalar_text

STORED = "AWS::SSM::Parameter::Value<"
TYPES = re.compile(
    r"String|Number|CommaDelimitedList|List<Number>|(List<)?AWS::[\w:<>]+|List<String>"
)
TEXTS = ("String", "CommaDelimitedList")
PUBLIC = "/aws/service/"
MISSING = "it has neither a value nor a default."


def parameter_values(
    template: Template,
    given: Mapping[str, Value],
    stack: str,
    problems: Problems,
    kept: Kept | None = None,
) -> dict[str, Value]:
    """None in `given` is the value of the deployed stack."""
    section = template.section("Parameters")
    for name in given.keys() - section.keys():
        problems.refuse(section.place, f"There is no parameter {name}.")
    declared = entities(section.located(), problems, "Parameter")
    values: dict[str, Value] = dict.fromkeys(section)
    for name, node, place in declared:
        one = _Declared(name, node, place, stack, problems)
        values[name] = one.fetched(one.value(given), kept or Kept())
    return {
        name: Parameter(name, stack) if value is None else value for name, value in values.items()
    }


def without_value(problem: Problem) -> str | None:
    """The parameter, if it is that one has no value."""
    found = re.fullmatch(rf"Parameter (\w+): {re.escape(MISSING)}", problem.text)
    return found[1] if found else None


class _Declared:
    def __init__(
        self, name: str, node: Object, place: Place, stack: str, problems: Problems
    ) -> None:
        self.name = name
        self.node = node
        self.place = place
        self.symbol = Parameter(name, stack)
        self.problems = problems
        self.type = str(node.get("Type", ""))
        self.is_list = self.type == "CommaDelimitedList" or self.type.startswith("List<")

    def value(self, given: Mapping[str, Value]) -> Value:
        if not TYPES.fullmatch(self.type):
            self.refuse(f"there is no type {self.type!r}.", "Type")
        if self.name not in given and self.node.get("Default") is None:
            self.refuse(MISSING)
            return self.symbol
        written = given.get(self.name, self.node.get("Default"))
        try:
            return self.symbol if written is None else self.converted(written)
        except RefusedError as error:
            self.refuse(str(error))
            return self.symbol

    def converted(self, written: Value) -> Value:
        """Raises RefusedError."""
        if self.type.startswith(STORED):
            return Parameter(self.name, self.symbol.stack, self.single(written))
        if not self.is_list:
            value = self.single(written)
            self.check([value])
            return value
        items = self.items(written)
        if isinstance(items, list):
            self.check(items)
        return items

    def fetched(self, value: Value, kept: Kept) -> Value:
        """What Systems Manager has under the name that is its value."""
        name = value.stored_at if isinstance(value, Parameter) else None
        if not isinstance(name, str) or name not in kept.parameters:
            return value
        found = kept.parameters[name]
        if found is None:
            text = f"Unable to fetch parameters [{name}] from parameter store for this account."
            self.refuse(text)
        # An image's name says what it is, and its id does not.
        if found is None or name.startswith(PUBLIC):
            return value
        return [each.strip() for each in found.split(",")] if "List" in self.type else found

    def single(self, written: Value) -> Value:
        return written if isinstance(written, Symbol) else scalar_text(written)

    def items(self, written: Value) -> Value:
        if isinstance(written, list):
            return [self.single(each) for each in written]
        try:
            # An empty list is not one empty string.
            found = pieces(written, ",") if written != "" else []
        except UndecidedError:
            known = isinstance(written, Parameter | Unknown)
            return written if known else Unknown("Fn::Split", [",", written])
        return [each.strip() if isinstance(each, str) else each for each in found]

    def check(self, values: list[Value]) -> None:
        for value in values:
            if isinstance(value, str):
                self.check_allowed(value)
                if "Number" in self.type:
                    self.check_number(value)
                if self.type in TEXTS:
                    self.check_pattern(value)
                if self.type == "String":
                    self.check_range(len(value), "MinLength", "MaxLength")

    def check_allowed(self, value: str) -> None:
        wanted = self.node.get("AllowedValues")
        if isinstance(wanted, list):
            # Without quotes, `yes` is true: "yes" is then none of the values.
            texts = [scalar_text(each) for each in wanted]
            if value not in texts:
                self.wrong(value, f"is none of {', '.join(texts)}")

    def check_number(self, value: str) -> None:
        try:
            self.check_range(float(value), "MinValue", "MaxValue")
        except ValueError:
            self.wrong(value, "is no number")

    def check_range(self, size: float, least: str, most: str) -> None:
        for bound, sign in ((least, 1), (most, -1)):
            limit = self.limit(bound)
            if limit is not None and sign * size < sign * limit:
                self.refuse(f"{bound} is {self.node[bound]}, but it is {size:g}.")

    def limit(self, bound: str) -> float | None:
        try:
            return float(self.node[bound]) if bound in self.node else None
        except (TypeError, ValueError):
            self.refuse(f"{bound} is no number.", bound)
            return None

    def check_pattern(self, value: str) -> None:
        pattern: Any = self.node.get("AllowedPattern")
        if isinstance(pattern, str):
            try:
                if not re.fullmatch(pattern, value):
                    self.wrong(value, f"does not match {pattern}")
            except re.error:
                text = f"Parameter {self.name}: Java's pattern {pattern} is not checked."
                self.problems.note(self.node.places["AllowedPattern"], text)

    def wrong(self, value: str, text: str) -> None:
        is_secret = scalar_text(self.node.get("NoEcho", False)) == "true"
        self.refuse(f"{'its value' if is_secret else repr(value)} {text}.")

    def refuse(self, text: str, key: str = "") -> None:
        place = self.node.places.get(key, self.place)
        self.problems.refuse(place, f"Parameter {self.name}: {text}")
