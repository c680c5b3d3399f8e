"""ARNs, of literals and of symbols.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
has those of each service.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.names import fields, last_field
from deploy.ecs.graph.reading import parts_of

# By service and the beginning of the last field: the type, and what follows its name.
ARNS: tuple[tuple[str, str, str, str], ...] = (
    ("ecs", "cluster/", "AWS::ECS::Cluster", ""),
    ("ecs", "capacity-provider/", "AWS::ECS::CapacityProvider", ""),
    ("ecs", "task-definition/", "AWS::ECS::TaskDefinition", r"(:(\d+|\*))?"),
    ("ecr", "repository/", "AWS::ECR::Repository", ""),
    ("iam", "role/", "AWS::IAM::Role", ""),
    ("iam", "instance-profile/", "AWS::IAM::InstanceProfile", ""),
    ("iam", "policy/", "AWS::IAM::ManagedPolicy", ""),
    ("kms", "key/", "AWS::KMS::Key", ""),
    ("logs", "log-group:", "AWS::Logs::LogGroup", r"(:.*)?"),
    ("rds", "db:", "AWS::RDS::DBInstance", ""),
    ("rds", "db:", "AWS::DocDB::DBInstance", ""),
    ("rds", "cluster:", "AWS::RDS::DBCluster", ""),
    ("rds", "cluster:", "AWS::DocDB::DBCluster", ""),
    ("secretsmanager", "secret:", "AWS::SecretsManager::Secret", r"(-[A-Za-z0-9?]{6}|-?\*)?"),
    ("ssm", "parameter", "AWS::SSM::Parameter", ""),  # whose names mostly begin with a slash
    ("ssm", "parameter/", "AWS::SSM::Parameter", ""),
)


@dataclass(frozen=True)
class Arn:
    service: Value
    region: Value
    account: Value
    resource: Value

    def names(self) -> Iterator[tuple[str, Value]]:
        """Type and name of what it may be the ARN of."""
        for service, beginning, kind, end in ARNS:
            if self.service == service:
                rest = _after(self.resource, beginning)
                for name in () if rest is None else _without(rest, end):
                    yield kind, name
                    if service == "iam" and (bare := last_field(name, "/")) != name:
                        yield kind, bare


def arn(value: Value) -> Arn | None:
    found = fields(value, ":", 5)
    if found is None or len(found) != 6 or found[0] != "arn":
        return None
    return Arn(found[2], found[3], found[4], found[5])


def _after(value: Value, beginning: str) -> Value | None:
    first, *rest = parts_of(value) or ("",)
    if isinstance(first, str) and first.startswith(beginning):
        return joined([first.removeprefix(beginning), *rest])
    return None


def _without(name: Value, end: str) -> Iterator[Value]:
    """With and without what may follow, for a secret's own name may end like that."""
    yield name
    parts = parts_of(name) or ("",)
    last = parts[-1]
    if end and isinstance(last, str):
        for found in re.finditer(r"[:-]", last):
            if re.fullmatch(end, last[found.start() :]):
                yield joined([*parts[:-1], last[: found.start()]])
