from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.databases import ServiceDatabase
from deploy.ecs.deployed import Deployed
from deploy.ecs.errors import DeploymentError
from deploy.ecs.stacks import Parts
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.migrate import Service
from tests.deploy.amazon import REGION
from tests.deploy.deployments import deployment

OUTPUTS = {
    "cluster": {"BaseUrl": "https://shop.example.com"},
    "data": {
        "PostgreSQLHost": "db.example.com",
        "PostgreSQLPort": "5432",
        "PostgreSQLSecurityGroup": "sg-0d",
        "DocumentDBHost": "docdb.example.com",
        "DocumentDBPort": "27017",
        "DocumentDBSecurityGroup": "sg-0e",
    },
}


def of(service: str, outputs: Any = OUTPUTS, **changes: Any) -> ServiceDatabase:
    parts = Parts(deployment(**changes))
    return ServiceDatabase(AWS(REGION), Clock(), Deployed(parts, outputs), service)


def test_made_by_us() -> None:
    assert of("accounts").database == Database("postgresql", "db.example.com", 5432, "accounts")
    assert of("catalog").database == Database("documentdb", "docdb.example.com", 27017, "catalog")


def test_given() -> None:
    existing = {"existing": {"host": "db.mine.example.com", "security_group": "sg-1"}}
    found = of("accounts", {}, postgresql=existing).database
    assert found == Database("postgresql", "db.mine.example.com", 5432, "accounts")


def test_not_deployed() -> None:
    with pytest.raises(DeploymentError, match="The stack little-ecom-production-data is not there"):
        of("accounts", {}).database  # noqa: B018


def test_migrated_as_the_owner_of_the_tables() -> None:
    """On DocumentDB that is the user."""
    secrets = "little-ecom/production"
    assert of("accounts").migrating == Service(
        "accounts",
        "ecom.settings.accounts",
        "https://shop.example.com",
        f"{secrets}/accounts",
        f"{secrets}/accounts/owner",
    )
    assert of("catalog").migrating.owner_secret == f"{secrets}/catalog/database"
