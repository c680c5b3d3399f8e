"""Roles: who may assume them, and what they may do."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar

from deploy.ecs.evaluator.symbols import Pseudo, Value
from deploy.ecs.graph.arns import arn
from deploy.ecs.graph.managed_policies import statements_of
from deploy.ecs.graph.names import fields
from deploy.ecs.graph.parts import Element, Link, Listing, Node, is_meant
from deploy.ecs.graph.statements import NOTHING, Statement, decide, statements
from deploy.ecs.graph.truth import Answer, Truth, all_of, any_of

ASSUME = "sts:AssumeRole"


class Role(Node):
    TYPES = ("AWS::IAM::Role",)

    @cached_property
    def trust(self) -> Listing[Statement]:
        return statements(self, "AssumeRolePolicyDocument")

    @cached_property
    def principals(self) -> Listing[Value]:
        """Of all kinds, that may assume it, conditions or not."""
        allowing = [each for each in self.trust if each.effect == "Allow"]
        found = (value for each in allowing for _, value in each.principals)
        complete = self.trust.complete and all(each.principals.complete for each in allowing)
        return Listing(tuple(found), complete)

    def trusts(self, service: str) -> Truth:
        """Whether that service may assume it, such as "ecs-tasks.amazonaws.com"."""
        account = self.graph.environment(self.resource.stack).account
        context = {"aws:SourceAccount": account or Pseudo("AWS::AccountId")}
        judged = [
            (
                each.effect,
                all_of(
                    [
                        each.has_action(ASSUME),
                        each.has_principal("Service", service),
                        each.holds(context),
                    ]
                ),
            )
            for each in self.trust
        ]
        denied = any_of(truth for effect, truth in judged if effect == "Deny")
        allowed = any_of(truth for effect, truth in judged if effect == "Allow")
        doubts = [truth for effect, truth in judged if effect not in {"Allow", "Deny"}]
        if denied:
            return False
        if allowed and denied is None:
            return None
        if allowed:
            return True
        is_open = allowed is None or not self.trust.complete or any_of(doubts) is not False
        return None if is_open else False

    @cached_property
    def managed_policies(self) -> Listing[Link["ManagedPolicy"]]:
        return self.links(ManagedPolicy, "ManagedPolicyArns")

    @cached_property
    def statements(self) -> Listing[Statement]:
        """Its own, and those of policies that are attached to it by either side."""
        found = list(self._sources())
        return Listing(
            tuple(each for listing in found for each in listing),
            all(each.complete for each in found),
        )

    def _sources(self) -> Iterator[Listing[Statement]]:
        policies = self.elements("Policies")
        yield Listing((), policies.complete)
        for each in policies:
            yield statements(self.part_at(Statement, each), "PolicyDocument")
        yield Listing((), self.managed_policies.complete)
        for link in self.managed_policies:
            yield self._of_managed(link)
        for policy in self.graph.all(AttachedPolicy):
            yield policy.statements_for(self)

    def _of_managed(self, link: Link["ManagedPolicy"]) -> Listing[Statement]:
        if link.node is not None:
            found = statements(link.node, "PolicyDocument")
            return _perhaps(found, all_of([link.exists, link.node.exists]))
        known = statements_of(_name(link.value) or "")
        if known is None:
            return Listing((), complete=False)
        return Listing(
            tuple(self.part_at(Statement, Element(each, link.place, link.exists)) for each in known)
        )

    def about(self, action: str, resource: Value = "*") -> tuple[Statement, ...]:
        """Those that speak of it, or may, whatever their effect and conditions are."""
        found = self.statements
        return tuple(each for each in found if each.speaks_of(action, resource) is not False)

    def judged(
        self, action: str, resource: Value = "*", context: Mapping[str, Value] = NOTHING
    ) -> Answer[Statement]:
        """As far as its policies go: that of a resource may allow or deny what these do not.

        `resource` is a value as templates have them, or a node; `context` are condition keys.
        """
        found = decide(self.statements, action, resource, context)
        if found.truth and self.given("PermissionsBoundary") is not False:
            return Answer(None, found.because)
        return found


class AttachedPolicy(Node):
    """One that names the roles it is for."""

    TYPES: ClassVar[tuple[str, ...]] = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")

    @property
    def roles(self) -> Listing[Link[Role]]:
        if self.given("RoleName"):
            link = self.link(Role, "RoleName")
            return Listing((link,)) if link else Listing()
        return self.links(Role, "Roles")

    def statements_for(self, role: Role) -> Listing[Statement]:
        found = statements(self, "PolicyDocument")
        attached = any_of(all_of([each.exists, is_meant(role, each)]) for each in self.roles)
        if attached is False:
            return Listing((), complete=self.roles.complete)
        return _perhaps(found, all_of([self.exists, attached]))


class ManagedPolicy(AttachedPolicy):
    TYPES = ("AWS::IAM::ManagedPolicy",)


class InstanceProfile(Node):
    TYPES = ("AWS::IAM::InstanceProfile",)

    @property
    def roles(self) -> Listing[Link[Role]]:
        return self.links(Role, "Roles")


def judged(
    role: Role, action: str, resource: Value = "*", context: Mapping[str, Value] = NOTHING
) -> Answer[Statement]:
    return role.judged(action, resource, context)


def permits(
    role: Role, action: str, resource: Value = "*", context: Mapping[str, Value] = NOTHING
) -> Truth:
    return role.judged(action, resource, context).truth


def _perhaps(found: Listing[Statement], exists: Truth) -> Listing[Statement]:
    """As they are if their policy is attached."""
    if exists:
        return found
    return Listing(
        tuple(each.part_at(Statement, Element(each.body, each.at, None)) for each in found),
        found.complete,
    )


def _name(value: Value) -> str | None:
    """Of a policy of AWS's, with its path."""
    parsed = arn(value)
    if parsed is None or parsed.service != "iam" or parsed.account != "aws":
        return None
    found = fields(parsed.resource, "/", 1) or []
    return found[1] if len(found) == 2 and isinstance(found[1], str) else None
