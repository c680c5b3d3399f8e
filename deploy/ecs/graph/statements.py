"""The statements of IAM's policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Mapping
from functools import cached_property

from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.graph.conditions import hold
from deploy.ecs.graph.parts import Element, Listing, Part
from deploy.ecs.graph.spellings import spelled
from deploy.ecs.graph.truth import Answer, Truth, all_of, any_of, negated
from deploy.ecs.graph.wildcards import arn_matches, matches

NOTHING: Mapping[str, Value] = {}


class Statement(Part):
    @property
    def sid(self) -> str | None:
        return self.text("Sid")

    @property
    def effect(self) -> str | None:
        return self.text("Effect")

    @property
    def actions(self) -> Listing[Value]:
        return self.one_or_more("Action")

    @property
    def not_actions(self) -> Listing[Value]:
        return self.one_or_more("NotAction")

    @property
    def resources(self) -> Listing[Value]:
        return self.one_or_more("Resource")

    @property
    def not_resources(self) -> Listing[Value]:
        return self.one_or_more("NotResource")

    @property
    def conditions(self) -> Value:
        """As it is written; an empty object where there is none."""
        return {} if self.given("Condition") is False else self.value("Condition")

    @cached_property
    def principals(self) -> Listing[tuple[str, Value]]:
        """Kind and value, such as Service and ecs-tasks.amazonaws.com; * is of the kind AWS."""
        found = self.raw("Principal")
        if found == "*":
            return Listing((("AWS", "*"),))
        if not isinstance(found, dict):
            return Listing(complete=self.given("Principal") is False)
        listed = {kind: self.one_or_more("Principal", kind) for kind in found}
        return Listing(
            tuple((kind, value) for kind, values in listed.items() for value in values),
            all(values.complete for values in listed.values()),
        )

    def one_or_more(self, *path: str) -> Listing[Value]:
        found = self.raw(*path)
        if isinstance(found, list | dict) or self.given(*path) is not True:
            return self.values(*path)
        return Listing((found,))

    def speaks_of(self, action: str, resource: Value) -> Truth:
        """Whatever its effect and conditions are."""
        return all_of([self.has_action(action), self.has_resource(resource)])

    def has_action(self, action: str) -> Truth:
        is_negated = self.given("NotAction")
        if is_negated is None:
            return None
        patterns = self.not_actions if is_negated else self.actions
        found = _summed([matches(each, action, True) for each in patterns], patterns.complete)
        return negated(found) if is_negated else found

    def has_resource(self, resource: Value) -> Truth:
        is_negated = self.given("NotResource")
        if is_negated is None:
            return None
        found = self._has(self.not_resources if is_negated else self.resources, resource)
        return negated(found) if is_negated else found

    def _has(self, patterns: Listing[Value], resource: Value) -> Truth:
        node, value = self.graph.find(resource), spelled(self.graph, resource)
        found = []
        for pattern in patterns:
            other = self.graph.find(pattern) if isinstance(pattern, Symbol) else None
            is_another = node is not None and other is not None and node is not other
            found.append(False if is_another else arn_matches(spelled(self.graph, pattern), value))
        return _summed(found, patterns.complete)

    def has_principal(self, kind: str, value: str) -> Truth:
        found = [
            all_of([each == kind, matches(pattern, value)]) for each, pattern in self.principals
        ]
        return _summed(found, self.principals.complete)

    def holds(self, context: Mapping[str, Value]) -> Truth:
        """Whether its conditions are met. A key that `context` lacks is not known."""
        return all_of([self.exists, hold(self.conditions, context)])


def statements(part: Part, *path: str | int) -> Listing[Statement]:
    """Those of the policy that stands at `path`."""
    where = (*path, "Statement")
    found = part.raw(*where)
    if isinstance(found, dict):
        element = Element(found, part.place(*where), part.exists)
        return Listing((part.part_at(Statement, element),))
    return part.parts(Statement, *where)


def decide(
    found: Listing[Statement],
    action: str,
    resource: Value,
    context: Mapping[str, Value] = NOTHING,
) -> Answer[Statement]:
    """Whether these statements allow it, with those that decide: a Deny before any Allow."""
    judged = [
        (each, all_of([each.speaks_of(action, resource), each.holds(context)])) for each in found
    ]
    denials = [each for each in judged if each[0].effect != "Allow"]
    grants = [each for each in judged if each[0].effect != "Deny"]
    denied = any_of([truth if each.effect == "Deny" else _weak(truth) for each, truth in denials])
    allowed = any_of([truth if each.effect == "Allow" else _weak(truth) for each, truth in grants])
    if denied:
        return Answer(False, _with(denials, True))
    if allowed is False and found.complete:
        return Answer(False)
    if allowed and denied is False and found.complete:
        return Answer(True, _with(grants, True))
    return Answer(None, (*_with(denials, None), *(_with(grants, True) or _with(grants, None))))


def _with(judged: list[tuple[Statement, Truth]], truth: Truth) -> tuple[Statement, ...]:
    return tuple(each for each, found in judged if found is truth)


def _weak(truth: Truth) -> Truth:
    """Of a statement whose effect is not known."""
    return False if truth is False else None


def _summed(found: list[Truth], complete: bool) -> Truth:
    return any_of([*found, False if complete else None])
