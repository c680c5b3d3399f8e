"""deployment.toml of every preset, and of every other shape that the templates admit."""

from typing import Any

from deploy.ecs.configuration import PRESETS, Deployment
from deploy.ecs.configuration.reading import merged
from deploy.ecs.evaluator import Stack
from deploy.ecs.evaluator.symbols import Attribute, Parameter, Reference, Symbol, Text
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Part, Parts

ACCOUNT = "123456789012"
SERVICES = {
    "accounts": {
        "paths": ["/accounts", "/accounts/*", "/auth/*", "/.well-known/jwks.json", "/"],
        "peers": {"CATALOG_URL": "catalog"},
        "daily": ["manage", "prune"],
        "frequent": ["manage", "close_accounts"],
    },
    "catalog": {
        "database": "documentdb",
        "paths": ["/catalog", "/catalog/*", "/item", "/item/*", "/items", "/items/*", "/buy/*"],
        "peers": {"ACCOUNTS_URL": "accounts"},
        "daily": ["manage", "prune"],
    },
}
GIVEN = {
    "environment": "production",
    "region": "eu-central-1",
    "domain": "shop.example.com",
    "hosted_zone": "Z1",
    "alarm_email": "admin@example.com",
    "services": SERVICES,
}
# Of each preset: launch, network mode, where tasks are, how they get out.
SHAPES = {
    "free-tier": [("ec2", "bridge", "public", "none"), ("ec2", "host", "public", "none")],
    "private": [
        ("ec2", "awsvpc", "private", "endpoints"),
        ("ec2", "awsvpc", "private", "nat"),
        ("ec2", "bridge", "private", "endpoints"),
        ("ec2", "host", "private", "nat"),
    ],
    "fargate": [
        ("fargate", "awsvpc", "private", "nat"),
        ("fargate", "awsvpc", "private", "endpoints"),
        ("fargate", "awsvpc", "public", "none"),
    ],
}


def deployment(preset: str, shape: tuple[str, ...] = (), **given: Any) -> Deployment:
    """As its preset has it, but for what is given."""
    names = ("launch", "network_mode", "tasks_in", "egress")
    own: dict[str, Any] = GIVEN | {"preset": preset} | dict(zip(names, shape, strict=False))
    if preset == "free-tier":  # as init writes it
        own["services"] = SERVICES | {"catalog": SERVICES["catalog"] | {"database": "postgresql"}}
    return Deployment.model_validate(merged(merged(PRESETS[preset], own), given))


def preview(wanted: Deployment) -> list[tuple[Part, Stack]]:
    return list(Preview(Parts(wanted), ACCOUNT))


def ids() -> list[tuple[str, tuple[str, ...]]]:
    return [(preset, shape) for preset, shapes in SHAPES.items() for shape in shapes]


# What resources are called once they are there, as far as roles name them.
ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
CALLED = {
    "Cluster": "little-ecom-production",
    "HostKey": "/little-ecom/production/bastion-host-key",
    "Log": "/little-ecom/production",
    "Cluster.Arn": ARN.format("ecs", "cluster/little-ecom-production"),
    "Repository.Arn": ARN.format("ecr", "repository/little-ecom-production"),
    "Service": ARN.format("secretsmanager", "secret:little-ecom/production/accounts-AbCdEf"),
    "User": ARN.format("secretsmanager", "secret:little-ecom/production/accounts/database-AbCdEf"),
    "Owner": ARN.format("secretsmanager", "secret:little-ecom/production/accounts/owner-AbCdEf"),
    "Master": ARN.format("secretsmanager", "secret:rds!db-0a1b-AbCdEf"),
}


def physical(value: Any) -> Any:
    """With these names; the roles are in their path."""
    if isinstance(value, dict):
        return {key: physical(each) for key, each in value.items()}
    if isinstance(value, list):
        return [physical(each) for each in value]
    if isinstance(value, Text):
        return "".join(str(physical(each)) for each in value.parts)
    return called(value) if isinstance(value, Symbol) else value


def called(symbol: Symbol) -> str:
    if isinstance(symbol, Reference):
        return CALLED.get(symbol.logical_id, symbol.logical_id)
    if isinstance(symbol, Parameter):
        return CALLED.get(symbol.name, symbol.name)
    if not isinstance(symbol, Attribute):  # in no role
        return str(symbol)
    name = f"{symbol.logical_id}.{symbol.name}"
    role = f"arn:aws:iam::{ACCOUNT}:role/little-ecom/production/{symbol.logical_id}-1"
    return role if name.endswith("Role.Arn") else CALLED.get(name, name)
