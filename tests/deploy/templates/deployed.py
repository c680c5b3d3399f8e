"""The cluster, a service on it and that one's one-off tasks, evaluated together: the outputs of one
are the parameters of the others, and all call a security group the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.ecs.evaluator import Environment, Resource, Stack, Template, evaluate
from deploy.ecs.evaluator.symbols import Attribute, Reference, Text
from tests.deploy.templates.stack import FOLDER, read

REGION, ACCOUNT = "eu-central-1", "123456789012"
ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:{{}}"
SECRET = ARN.format("secretsmanager", "secret:shop/{}-AbCdEf")
# What the cluster's outputs are once it is deployed.
DEPLOYED = {
    "Cluster": "little-ecom-production",
    "CapacityProvider": "cluster-CapacityProvider-1",
    "LogGroup": "/little-ecom/production",
    "LoadBalancer": "app/cluster-LoadB-1/0a1b",
    "ListenerArn": ARN.format("elasticloadbalancing", "listener/app/cluster-LoadB-1/0a1b/0c"),
    "InternalListenerArn": ARN.format("elasticloadbalancing", "listener/app/internal-1/0d/0e"),
    "LoadBalancerSecurityGroup": "sg-0a",
    "InstanceSecurityGroup": "sg-0b",
    "PeerSecurityGroup": "sg-0c",
    "InternalSecurityGroup": "sg-0d",
    "NamespaceId": "ns-1",
}
CLUSTER = {
    "VpcId": "vpc-1",
    "PublicSubnets": "subnet-1,subnet-2",
    "TaskSubnets": "subnet-3,subnet-4",
    "DomainName": "shop.example.com",
    "HostedZoneId": "Z1",
    "PostgreSQLSecurityGroup": "sg-0e",
    "AlarmEmail": "admin@example.com",
}
SERVICE = {
    "Service": "accounts",
    "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/little-ecom-production:1.0.0",
    "RepositoryArn": ARN.format("ecr", "repository/little-ecom-production"),
    "Command": "accounts",
    "SettingsModule": "ecom.settings.accounts",
    "VpcId": "vpc-1",
    "Subnets": "subnet-3,subnet-4",
    "Priority": "20",
    "PathPatterns": "/accounts,/accounts/*,/auth/*,/.well-known/jwks.json,/",
    "MorePathPatterns": "/*",
    "BaseUrl": "https://shop.example.com",
    "AllowedHosts": "shop.example.com",
    "PeerName": "CATALOG_URL",
    "DatabaseUrl": "postgresql://shop.c1.eu-central-1.rds.amazonaws.com:5432/accounts",
    "DatabaseSecretArn": SECRET.format("accounts/user"),
    "ServiceSecretArn": SECRET.format("accounts"),
    "DailyCommand": "manage,prune",
    "FrequentCommand": "manage,close_accounts",
    "AlarmTopicArn": ARN.format("sns", "cluster-AlarmTopic-1"),
}
# What the one-off tasks have and the service has not.
OWNER = SECRET.format("accounts/owner")
MASTER = SECRET.format("rds!db-0a-1b")
TASKS = {"MigrationDatabaseSecretArn": OWNER, "MasterSecretArn": MASTER}
DOCUMENTDB = {
    "DatabaseEngine": "documentdb",
    "DatabaseUrl": "mongodb://shop.example.com:27017/catalog?tls=true&replicaSet=rs0",
    "MigrationDatabaseSecretArn": SERVICE["DatabaseSecretArn"],
}


@dataclass(frozen=True)
class Shape:
    launch: str
    mode: str
    public: str

    def __str__(self) -> str:
        where = "public" if self.public == "yes" else "private"
        return f"{self.launch}-{self.mode}-{where}"

    @property
    def is_internal(self) -> bool:
        return self.mode != "awsvpc" and self.public == "no"

    def cluster(self) -> dict[str, str]:
        shape = {"Launch": self.launch, "NetworkMode": self.mode}
        return CLUSTER | shape | {"TasksInPublicSubnets": self.public}

    def service(self) -> dict[str, str]:
        """Without what comes from the cluster's outputs."""
        shape = {"Launch": self.launch, "NetworkMode": self.mode}
        return SERVICE | shape | {"TasksInPublicSubnets": self.public, "PeerUrl": self.peer_url()}

    def tasks(self) -> dict[str, str]:
        return declared("tasks", self.service() | TASKS)

    def peer_url(self) -> str:
        if self.mode == "awsvpc":
            return "http://catalog.production.little-ecom.internal:8000"
        return "http://internal-1.example.com" if self.is_internal else SERVICE["BaseUrl"]


SHAPES = [
    Shape("fargate", "awsvpc", "no"),
    Shape("fargate", "awsvpc", "yes"),
    Shape("ec2", "awsvpc", "no"),
    Shape("ec2", "bridge", "no"),
    Shape("ec2", "bridge", "yes"),
    Shape("ec2", "host", "no"),
    Shape("ec2", "host", "yes"),
]
REFUSED = [
    Shape("fargate", "bridge", "no"),
    Shape("fargate", "bridge", "yes"),
    Shape("fargate", "host", "no"),
    Shape("fargate", "host", "yes"),
    Shape("ec2", "awsvpc", "yes"),
]


@dataclass
class Deployed:
    shape: Shape
    given: dict[str, str] = field(default_factory=dict)  # to the service and its tasks
    folder: Path = FOLDER

    def __post_init__(self) -> None:
        self.cluster = self.stack("cluster", self.shape.cluster())
        outputs = self.outputs() | self.given
        self.parameters = declared("service", self.shape.service() | outputs)
        self.service = self.stack("service", self.parameters)
        self.task_parameters = self.shape.tasks() | declared("tasks", outputs)
        self.tasks = self.stack("tasks", self.task_parameters)

    def stack(self, name: str, parameters: dict[str, str]) -> Stack:
        template = Template.read(self.folder / f"{name}.yaml")
        stack = evaluate(template, parameters, Environment(REGION, ACCOUNT, name))
        assert not stack.problems, [str(each) for each in stack.problems]
        assert all(each.exists for each in stack.resources.values())
        return stack

    def outputs(self) -> dict[str, str]:
        """Of the cluster, and what else depends on its shape."""
        outputs = {key: DEPLOYED[key] for key in self.cluster.outputs if key in DEPLOYED}
        if self.shape.launch == "fargate":
            outputs["CapacityProvider"] = "FARGATE"
        if self.shape.mode == "awsvpc":
            outputs["DatabaseSecurityGroup"] = CLUSTER["PostgreSQLSecurityGroup"]
        return outputs

    def resources(self, kind: str) -> Iterator[Resource]:
        for stack in (self.cluster, self.service, self.tasks):
            yield from (each for each in stack.resources.values() if each.type == kind)

    def properties(self, name: str) -> dict[str, Any]:
        """Of a resource of any of the stacks: no two have the same name."""
        [found] = [
            stack.resources[name]
            for stack in (self.cluster, self.service, self.tasks)
            if name in stack.resources
        ]
        return dict(plain(found.properties))

    def container(self, definition: str = "TaskDefinition") -> dict[str, Any]:
        [container] = self.properties(definition)["ContainerDefinitions"]
        return dict(container)

    def environment(self, definition: str = "TaskDefinition") -> dict[str, str]:
        return {each["Name"]: each["Value"] for each in self.container(definition)["Environment"]}

    def statements(self, role: str) -> dict[str, dict[str, Any]]:
        policies = self.properties(role)["Policies"]
        return {
            each["Sid"]: each
            for policy in policies
            for each in policy["PolicyDocument"]["Statement"]
        }


def declared(name: str, parameters: dict[str, str]) -> dict[str, str]:
    return {key: each for key, each in parameters.items() if key in read(name)["Parameters"]}


def plain(value: Any) -> Any:
    """References as what they are once deployed, or the logical id where it does not matter."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, Reference):
        return DEPLOYED.get(value.logical_id, value.logical_id)
    if isinstance(value, Attribute):
        return f"{value.logical_id}.{value.name}"
    if isinstance(value, Text):
        return "".join(str(plain(each)) for each in value.parts)
    return value


@dataclass(frozen=True)
class Opening:
    """One rule of one security group."""

    direction: str  # in or out
    group: str
    other: str
    first: int
    last: int


def openings(deployed: Deployed) -> set[Opening]:
    found = set()
    for group in deployed.resources("AWS::EC2::SecurityGroup"):
        name = DEPLOYED.get(group.logical_id, group.logical_id)
        properties = plain(group.properties)
        found |= {opening("in", name, each) for each in properties.get("SecurityGroupIngress", [])}
        found |= {opening("out", name, each) for each in properties["SecurityGroupEgress"]}
    for direction in ("in", "out"):
        kind = {"in": "Ingress", "out": "Egress"}[direction]
        for each in deployed.resources(f"AWS::EC2::SecurityGroup{kind}"):
            properties = plain(each.properties)
            found.add(opening(direction, properties["GroupId"], properties))
    return found


def opening(direction: str, group: str, rule: dict[str, Any]) -> Opening:
    other = {"in": "SourceSecurityGroupId", "out": "DestinationSecurityGroupId"}[direction]
    return Opening(
        direction,
        group,
        rule.get(other) or rule["CidrIp"],
        int(rule.get("FromPort", 0)),
        int(rule.get("ToPort", 0)),
    )


def reaches(found: set[Opening], source: str, target: str, first: int, last: int) -> bool:
    """Both ends have to agree."""

    def covers(direction: str, group: str, other: str) -> bool:
        return any(
            each.direction == direction
            and each.group == group
            and each.other in {other, "0.0.0.0/0"}
            and each.first <= first
            and last <= each.last
            for each in found
        )

    return covers("out", source, target) and covers("in", target, source)


def seconds(attributes: list[dict[str, str]], name: str) -> int:
    [value] = [each["Value"] for each in attributes if each["Key"] == name]
    return int(re.sub(r"\D", "", value))
