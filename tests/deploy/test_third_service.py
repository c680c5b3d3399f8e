"""A service is declared in deployment.toml and named nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.configuration import Deployment, read
from deploy.ecs.configuration.model import ExistingDatabase
from deploy.ecs.configuration.text import deployment_text
from deploy.ecs.evaluator import Resource, Stack
from deploy.ecs.preview import Preview
from deploy.ecs.secrets import ServiceSecrets
from deploy.ecs.stacks import Parts
from tests.deploy.amazon import ACCOUNT, REGION, Amazon

ORDERS = """
[services.orders]
paths = ["/orders", "/orders/*"]
peers = {CATALOG_URL = "catalog"}
frequent = ["manage", "send_orders"]
min_tasks = 2
max_tasks = 4
"""


@pytest.fixture(scope="module", params=["free-tier", "private", "fargate"])
def deployment(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Deployment:
    file: Path = tmp_path_factory.mktemp("orders") / "deployment.toml"
    text = deployment_text(preset=request.param, region=REGION)
    file.write_text(text.replace("[environments", f"{ORDERS}\n[environments"))
    return read(file)


@pytest.fixture(scope="module")
def stacks(deployment: Deployment) -> dict[str, Stack]:
    preview = Preview(Parts(deployment), ACCOUNT)
    preview.check()
    return {part.name: stack for part, stack in preview}


def of_type(stack: Stack, kind: str) -> list[Resource]:
    """Also those of which a secret's ARN decides, which is not known yet."""
    found = [each for each in stack.resources.values() if each.type == kind]
    return [each for each in found if each.exists is not False]


def container(resource: Resource) -> Any:
    [found] = resource.properties["ContainerDefinitions"]
    return found


def environment(resource: Resource) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in container(resource)["Environment"]}


def test_stacks(stacks: dict[str, Stack]) -> None:
    assert list(stacks)[-2:] == ["orders-tasks", "orders"]
    assert [str(each) for stack in stacks.values() for each in stack.problems] == []


def test_rules(stacks: dict[str, Stack]) -> None:
    """No two services have the priority of one rule."""
    rules = {
        name: of_type(stack, "AWS::ElasticLoadBalancingV2::ListenerRule")
        for name, stack in stacks.items()
    }
    public = [
        each for found in rules.values() for each in found if "Internal" not in each.logical_id
    ]
    priorities = [str(each.properties["Priority"]) for each in public]
    assert len(set(priorities)) == len(priorities)
    [rule] = rules["orders"]
    [condition] = rule.properties["Conditions"]
    assert list(condition["PathPatternConfig"]["Values"]) == ["/orders", "/orders/*"]


def test_task_definition(stacks: dict[str, Stack]) -> None:
    [definition] = of_type(stacks["orders"], "AWS::ECS::TaskDefinition")
    found = environment(definition)
    assert definition.properties["Family"] == "little-ecom-production-orders"
    assert list(container(definition)["Command"]) == ["orders"]
    assert found["DJANGO_SETTINGS_MODULE"] == "ecom.settings.orders"
    assert "CATALOG_URL" in found
    assert str(found["DATABASE_URL"]).rstrip("')").endswith("/orders")
    log = container(definition)["LogConfiguration"]["Options"]
    assert log["awslogs-stream-prefix"] == "orders"


def test_one_off_tasks(stacks: dict[str, Stack]) -> None:
    found = {
        str(each.properties["Family"]).removeprefix("little-ecom-production-orders-"): each
        for each in of_type(stacks["orders-tasks"], "AWS::ECS::TaskDefinition")
    }
    assert set(found) == {"bootstrap", "migrate", "keys"}
    for each in found.values():
        assert environment(each)["DJANGO_SETTINGS_MODULE"] == "ecom.settings.orders"


def test_bootstrap(deployment: Deployment) -> None:
    """Of its database, whose name is the service's."""
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:master-AbCdEf"
    database = {"host": "db.example.com", "security_group": "sg-0a", "master_secret": secret}
    existing = ExistingDatabase.model_validate(database)
    postgresql = deployment.postgresql.model_copy(update={"existing": existing})
    given = deployment.model_copy(update={"postgresql": postgresql})
    [stack] = [
        stack for part, stack in Preview(Parts(given), ACCOUNT) if part.name == "orders-tasks"
    ]
    command = container(stack.resources["BootstrapTaskDefinition"])["Command"]
    assert list(command) == ["manage", "create_database_roles", "orders"]


def test_schedule_and_scaling(stacks: dict[str, Stack]) -> None:
    assert len(of_type(stacks["orders"], "AWS::Scheduler::Schedule")) == 1
    [target] = of_type(stacks["orders"], "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (str(target.properties["MinCapacity"]), str(target.properties["MaxCapacity"])) == (
        "2",
        "4",
    )


def test_secrets(deployment: Deployment, aws: AWS, amazon: Amazon) -> None:
    ServiceSecrets(aws, Parts(deployment), "orders").make(None)
    listed = amazon.client("secretsmanager").list_secrets()["SecretList"]
    prefix = "little-ecom/production/orders"
    assert {each["Name"] for each in listed} == {
        prefix,
        f"{prefix}/database",
        f"{prefix}/owner",
    }


def test_settings_of_another_package(deployment: Deployment) -> None:
    orders = deployment.services["orders"].model_copy(update={"settings": "shop.orders"})
    services = deployment.services | {"orders": orders}
    parts = Parts(deployment.model_copy(update={"services": services}))
    assert parts.settings_module("orders") == "shop.orders"
    assert parts.settings_module("catalog") == "ecom.settings.catalog"
