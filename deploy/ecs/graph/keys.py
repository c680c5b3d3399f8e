"""Keys of KMS, whose own policies decide with those of roles.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Mapping
from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.parts import Listing, Node
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.roles import Role
from deploy.ecs.graph.statements import NOTHING, Statement, decide, statements
from deploy.ecs.graph.truth import Truth, any_of


class Key(Node):
    TYPES = ("AWS::KMS::Key",)

    @cached_property
    def policy(self) -> Listing[Statement] | None:
        """None where it has AWS's, which leaves all to the policies of the account."""
        if self.given("KeyPolicy") is False:
            return None
        return statements(self, "KeyPolicy")

    def admits_service(
        self, service: str, action: str, context: Mapping[str, Value] = NOTHING
    ) -> Truth:
        """A service of AWS, such as "logs.eu-central-1.amazonaws.com"."""
        if self.policy is None:
            return False
        chosen = _narrowed(
            self.policy, [each.has_principal("Service", service) for each in self.policy]
        )
        return decide(chosen, action, "*", context).truth

    def admits(self, role: Role, action: str) -> Truth:
        """By its policy alone."""
        if self.policy is None:
            return False
        chosen = _narrowed(self.policy, [_names(each, role) for each in self.policy])
        return decide(chosen, action, "*").truth

    def leaves_to_account(self, action: str) -> Truth:
        """Whether the policies of the account's roles count for it at all."""
        if self.policy is None:
            return True
        chosen = _narrowed(self.policy, [_names_account(each) for each in self.policy])
        return decide(chosen, action, "*").truth


def permits_key(key: Key, role: Role, action: str) -> Truth:
    """Both policies together."""
    direct = key.admits(role, action)
    delegated = key.leaves_to_account(action)
    by_role = role.judged(action, key).truth
    if delegated is False or by_role is False:
        return direct
    return any_of([direct, None if None in (delegated, by_role) else True])


def _narrowed(policy: Listing[Statement], truths: list[Truth]) -> Listing[Statement]:
    chosen = [each for each, truth in zip(policy, truths, strict=True) if truth]
    return Listing(tuple(chosen), policy.complete and None not in truths)


def _names(statement: Statement, role: Role) -> Truth:
    found = [_means(role, value) for kind, value in statement.principals if kind == "AWS"]
    return any_of([*found, False if statement.principals.complete else None])


def _means(role: Role, value: Value) -> Truth:
    if value == "*":
        return True
    return False if _is_root(value) else role.graph.same(role, value, Role)


def _names_account(statement: Statement) -> Truth:
    found = [_is_root(value) for kind, value in statement.principals if kind == "AWS"]
    return any_of([*found, False if statement.principals.complete else None])


def _is_root(value: Value) -> Truth:
    parts = parts_of(value)
    if parts is None:
        return None
    last = parts[-1]
    if isinstance(last, str):
        return last.endswith(":root") or last == "*" or (len(parts) == 1 and last.isdigit())
    return len(parts) == 1 and getattr(last, "name", "") == "AWS::AccountId"
