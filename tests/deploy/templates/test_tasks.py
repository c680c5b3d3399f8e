import re

import pytest

from tests.deploy.templates.deployed import (
    DOCUMENTDB,
    MASTER,
    OWNER,
    SECRET,
    SERVICE,
    SHAPES,
    Deployed,
    Shape,
)
from tests.deploy.templates.faults import TASKS, actions, faults, resources
from tests.deploy.templates.rules import refusals
from tests.deploy.templates.stack import read

FARGATE, PUBLIC_FARGATE, AWSVPC, BRIDGE, PUBLIC_BRIDGE, HOST, PUBLIC_HOST = SHAPES
USER = SERVICE["DatabaseSecretArn"]
OWN = SERVICE["ServiceSecretArn"]
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a-1b"
# Which differ, since there is more to say of it in the template of the service.
OF_ITS_OWN = {"Service", "NetworkMode", "Memory", "BaseUrl", "DatabaseSecretArn"}
OF_ITS_OWN |= {"ServiceSecretArn", "LogGroup"}


def variables(deployed: Deployed, definition: str) -> dict[str, str]:
    """As the container has them; of a secret its reference."""
    injected = deployed.container(definition).get("Secrets", [])
    return deployed.environment(definition) | {each["Name"]: each["ValueFrom"] for each in injected}


def test_bootstrap() -> None:
    deployed = Deployed(FARGATE)
    assert deployed.container("BootstrapTaskDefinition")["Command"] == [
        "manage",
        "create_database_roles",
        "accounts",
    ]
    assert variables(deployed, "BootstrapTaskDefinition") == {
        "ECOM_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "ecom.settings.accounts",
        "BASE_URL": "https://shop.example.com",
        "DATABASE_URL": "postgresql://shop.c1.eu-central-1.rds.amazonaws.com:5432/postgres?",
        "ECOM_SECRET_ID": OWN,
        "ECOM_DATABASE_SECRET_ID": MASTER,
        "OWNER_PASSWORD": f"{OWNER}:password::",
        "USER_PASSWORD": f"{USER}:password::",
    }


def test_bootstrap_keeps_the_options_of_the_url() -> None:
    """A path among them does not become the database's name."""
    url = "postgresql://host:5432/accounts?sslmode=verify-full&sslrootcert=/ca.pem"
    deployed = Deployed(FARGATE, {"DatabaseUrl": url})
    *_, name = deployed.container("BootstrapTaskDefinition")["Command"]
    assert name == "accounts"
    assert deployed.environment("BootstrapTaskDefinition")["DATABASE_URL"] == (
        "postgresql://host:5432/postgres?sslmode=verify-full&sslrootcert=/ca.pem"
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_documentdb(shape: Shape) -> None:
    deployed = Deployed(shape, DOCUMENTDB)
    assert faults(deployed) == set()
    assert refusals("tasks", deployed.task_parameters) == []
    found = variables(deployed, "BootstrapTaskDefinition")
    assert deployed.container("BootstrapTaskDefinition")["Command"][-1] == "catalog"
    assert found["DATABASE_URL"] == DOCUMENTDB["DatabaseUrl"]
    assert found["USER_PASSWORD"] == f"{USER}:password::"
    assert "OWNER_PASSWORD" not in found
    assert deployed.statements("BootstrapExecutionRole")["Secrets"]["Resource"] == [USER]
    assert deployed.environment("MigrationTaskDefinition")["ECOM_DATABASE_SECRET_ID"] == USER


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_database_that_is_there(shape: Shape) -> None:
    template = read("tasks")
    tasks = Deployed(shape, {"MasterSecretArn": ""}).tasks
    conditional = {
        name for name, each in template["Resources"].items() if each.get("Condition") == "Bootstrap"
    }
    assert conditional == {name for name in template["Resources"] if "Bootstrap" in name}
    assert not conditional & set(tasks.resources)
    assert "BootstrapTaskDefinition" not in tasks.outputs
    assert {"MigrationTaskDefinition", "KeysTaskDefinition"} <= set(tasks.outputs)


def test_migrations_are_the_owners() -> None:
    deployed = Deployed(BRIDGE)
    assert deployed.container("MigrationTaskDefinition")["Command"] == ["migrate"]
    assert deployed.environment("MigrationTaskDefinition")["ECOM_DATABASE_SECRET_ID"] == OWNER


def test_keys_are_written_by_one_role_in_one_secret() -> None:
    deployed = Deployed(BRIDGE)
    assert deployed.container("KeysTaskDefinition")["Command"] == ["manage", "rotate_signing_key"]
    assert "ECOM_DATABASE_SECRET_ID" not in deployed.environment("KeysTaskDefinition")
    writers = {
        (role.logical_id, *sorted(resources(statement)))
        for role in deployed.resources("AWS::IAM::Role")
        for statement in deployed.statements(role.logical_id).values()
        if "secretsmanager:PutSecretValue" in actions(statement)
    }
    assert writers == {("KeysRole", OWN)}


def test_a_key_of_ones_own() -> None:
    deployed, without = Deployed(FARGATE, {"KmsKeyArn": KEY}), Deployed(FARGATE)
    allowed = {}
    for role in ("BootstrapExecutionRole", "BootstrapRole", "MigrationRole", "KeysRole"):
        statement = deployed.statements(role)["Key"]
        assert statement["Resource"] == KEY
        assert "kms:ViaService" in str(statement["Condition"])
        assert "Key" not in without.statements(role)
        allowed[role] = actions(statement)
    # Who writes a secret encrypts it.
    assert allowed.pop("KeysRole") == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert list(allowed.values()) == [["kms:Decrypt"]] * 3
    assert "Key" not in deployed.statements("OneOffExecutionRole")


@pytest.mark.parametrize("definition", TASKS)
def test_the_containers_can_do_little(definition: str) -> None:
    container = Deployed(BRIDGE).container(definition)
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert container["ReadonlyRootFilesystem"] is True
    assert not {"Privileged", "User"} & set(container)
    assert ("Secrets" in container) is (definition == "BootstrapTaskDefinition")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_network(shape: Shape) -> None:
    tasks = Deployed(shape).tasks
    awsvpc = {"OneOffSecurityGroup", "OneOffDatabaseIngress"}
    assert (awsvpc & set(tasks.resources)) == (awsvpc if shape.mode == "awsvpc" else set())
    assert ("TaskSecurityGroups" in tasks.outputs) is (shape.mode == "awsvpc")
    assert ("AssignPublicIp" in tasks.outputs) is (shape.mode == "awsvpc")


def test_the_database_port() -> None:
    deployed = Deployed(AWSVPC, {"DatabasePort": "27017"})
    assert str(deployed.properties("OneOffDatabaseIngress")["FromPort"]) == "27017"
    rules = deployed.properties("OneOffSecurityGroup")["SecurityGroupEgress"]
    assert [str(rule["FromPort"]) for rule in rules] == ["443", "27017"]


@pytest.mark.parametrize(
    ("shape", "given", "sentence"),
    [
        (AWSVPC, {"DatabaseSecurityGroup": ""}, "it is the tasks that reach the database"),
        (HOST, {"MigrationDatabaseSecretArn": USER}, "must not own its tables"),
        (HOST, {"DatabaseEngine": "documentdb"}, "one user migrates and serves"),
        (HOST, {"MasterSecretArn": OWNER}, "the administrator's secret, and no other one"),
        (HOST, {"MasterSecretArn": OWN}, "the administrator's secret, and no other one"),
        (HOST, {"MasterSecretArn": USER}, "the administrator's secret, and no other one"),
        (FARGATE, {"Cpu": "512", "Memory": "512"}, "Fargate has no such pair"),
        (BRIDGE, {"Memory": "1024"}, "No instance of this type has as much Memory"),
        (BRIDGE, {"Cpu": "4096"}, "An instance has a Cpu of 2048"),
    ],
)
def test_refused(shape: Shape, given: dict[str, str], sentence: str) -> None:
    [found] = refusals("tasks", Deployed(shape).task_parameters | given)
    assert sentence in found


def test_one_user_for_a_database_that_is_there() -> None:
    given = {"MigrationDatabaseSecretArn": USER, "MasterSecretArn": ""}
    assert refusals("tasks", Deployed(HOST).task_parameters | given) == []


def test_parameters_are_the_services() -> None:
    """What a service is given is good for its tasks, word for word but for some descriptions."""
    tasks, service = read("tasks"), read("service")
    for key in set(tasks["Parameters"]) & set(service["Parameters"]):
        one, other = (dict(template["Parameters"][key]) for template in (tasks, service))
        if key in OF_ITS_OWN:
            assert one.pop("Description") != other.pop("Description"), key
        assert one == other, key
    for key in ("FargateHasTheSize", "InstanceHasTheSize", "AwsvpcOnInstancesIsPrivate"):
        assert tasks["Rules"][key] == service["Rules"][key]


@pytest.mark.parametrize(
    ("secret", "allowed"),
    [("", True), (MASTER, True), (SECRET.format("a") + ":password::", False), ("rds!db", False)],
)
def test_the_administrators_secret(secret: str, allowed: bool) -> None:
    pattern = read("tasks")["Parameters"]["MasterSecretArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, secret)) is allowed
