"""The whole shop as it would be before anything is deployed: the outputs of each stack, symbols and
all, are the parameters of those after it."""

from functools import cache
from typing import Any

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from deploy.ecs.graph import Graph
from tests.deploy.graph.deployed import deployed
from tests.deploy.templates.deployed import ACCOUNT, REGION, SERVICE, Shape
from tests.deploy.templates.stack import FOLDER

PASSED_ON = ["VpcId", "PublicSubnets", "LoadBalancerSecurityGroup", "InstanceSecurityGroup"]
PASSED_ON += ["PeerSecurityGroup", "InternalSecurityGroup", "NamespaceId", "InternalListenerArn"]
PASSED_ON += ["Cluster", "CapacityProvider", "LogGroup", "LoadBalancer", "ListenerArn"]


@cache
def stacks(shape: Shape, egress: str = "endpoints") -> tuple[Stack, ...]:
    how = {"Launch": shape.launch, "NetworkMode": shape.mode, "TasksInPublicSubnets": shape.public}
    registry = _stack("registry", {})
    network = _stack(
        "network", {"Egress": egress, "Launch": shape.launch, "Exec": "yes", "Bastion": "yes"}
    )
    given = _outputs(network)
    data = _stack(
        "data",
        {"VpcId": given["VpcId"], "Subnets": given["PrivateSubnets"], "DocumentDB": "yes"},
    )
    databases = _outputs(data)
    tasks = given["PublicSubnets" if shape.public == "yes" else "PrivateSubnets"]
    cluster = _stack(
        "cluster",
        how
        | {name: given[name] for name in ("VpcId", "PublicSubnets")}
        | {"TaskSubnets": tasks, "AllowHttp": "yes"}
        | {"PostgreSQLSecurityGroup": databases["PostgreSQLSecurityGroup"]},
    )
    given |= _outputs(cluster) | {"CapacityProvider": _provider(shape, cluster)}
    services = [
        _stack("service", how | _service(name, shape, given, databases, registry), name)
        for name in ("accounts", "catalog")
    ]
    return registry, network, data, cluster, *services


def graph(shape: Shape, egress: str = "endpoints") -> Graph:
    return Graph.of(stacks(shape, egress))


def made(shape: Shape) -> Graph:
    """Once it is deployed."""
    return deployed(stacks(shape))


def _service(
    name: str, shape: Shape, given: dict[str, Any], databases: dict[str, Any], registry: Stack
) -> dict[str, Any]:
    known = {each: SERVICE[each] for each in ("BaseUrl", "AllowedHosts", "Image", "PathPatterns")}
    known |= {each: SERVICE[each] for each in SERVICE if each.endswith("SecretArn")}
    own = {"Service": name, "Command": name, "SettingsModule": f"ecom.settings.{name}"}
    passed = {each: given[each] for each in PASSED_ON if each in given and each != "PublicSubnets"}
    public = "PublicSubnets" if shape.public == "yes" else "PrivateSubnets"
    if shape.mode == "awsvpc":
        passed["DatabaseSecurityGroup"] = databases["PostgreSQLSecurityGroup"]
    return (
        known
        | own
        | passed
        | {"Subnets": given[public], "Priority": "10" if name == "accounts" else "20"}
        | {"ContainerPort": "8000" if name == "accounts" else "8001", "MaxTasks": "2"}
        | {"RepositoryArn": registry.outputs["RepositoryArn"].value, "DailyCommand": "manage,prune"}
        | {"DatabaseUrl": "postgresql://db.example.com:5432/shop"}
    )


def _provider(shape: Shape, cluster: Stack) -> Any:
    return cluster.outputs["CapacityProvider"].value if shape.launch == "ec2" else "FARGATE"


def _stack(template: str, parameters: dict[str, Any], name: str = "") -> Stack:
    read = Template.read(FOLDER / f"{template}.yaml")
    stack = evaluate(read, parameters, Environment(REGION, ACCOUNT, name or template))
    assert not stack.problems, [str(each) for each in stack.problems]
    return stack


def _outputs(stack: Stack) -> dict[str, Any]:
    return {name: output.value for name, output in stack.outputs.items()}
