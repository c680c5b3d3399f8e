"""What of a deployment is paid by time, resource by resource.

Traffic, requests and what grows with use are not in it: nobody knows them before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.cost.prices import Prices
from deploy.ecs.graph import (
    AutoScalingGroup,
    Database,
    Ec2Instance,
    Graph,
    LoadBalancer,
    NatGateway,
    Service,
    TaskDefinition,
    VpcEndpoint,
)
from deploy.ecs.graph.parts import Node, Part
from deploy.ecs.graph.secrets import Secret

DISK = 30  # GiB, of the ECS-optimized image
NAMED = {
    "AWS::CloudWatch::Alarm": ("alarms", "alarm_month"),
    "AWS::KMS::Key": ("keys", "key_month"),
    "AWS::Route53::HostedZone": ("hosted zones", "zone_month"),
}
CPU_UNITS, MIB = 1024, 1024


@dataclass(frozen=True)
class Item:
    """`month` is USD; None where the table has no price for it. `kind` is what free tiers name."""

    stack: str
    resource: str
    kind: str
    what: str
    count: float
    month: float | None


def items(graph: Graph, prices: Prices) -> list[Item]:
    found = [
        *_instances(graph, prices),
        *_tasks(graph, prices),
        *_network(graph, prices),
        *_databases(graph, prices),
        *_small(graph, prices),
    ]
    return sorted(found, key=lambda each: -(each.month or 0))


def made_besides(count: int, prices: Prices) -> Item:
    """Secrets that are no resources of a stack."""
    month = round(count * prices.month("secret_month"), 2)
    return Item("", "made by up", "secret", "secrets", count, month)


def _item(node: Node, kind: str, what: str, count: float, each: float | None) -> Item:
    month = None if each is None else round(each * count, 2)
    return Item(node.resource.stack, node.resource.logical_id, kind, what, count, month)


def _instances(graph: Graph, prices: Prices) -> Iterator[Item]:
    for group in graph.all(AutoScalingGroup):
        count = group.desired or 0
        kind = group.instance_types[0] if len(group.instance_types) else None
        machine = group.machine
        price = prices.sized("instances", kind)
        yield _item(group, f"instance {kind}", f"instances, {kind}", count, price)
        size = _disk(machine) if machine else DISK
        yield _item(group, "disk", "GiB of disks", count * size, prices.month("disk_gb_month"))
        if machine and machine.public_address:
            yield _address(group, count, prices)
    for instance in graph.all(Ec2Instance):
        kind = instance.machine.instance_type
        price = prices.sized("instances", kind)
        yield _item(instance, f"instance {kind}", f"instances, {kind}", 1, price)
        size = _disk(instance.machine, 8)
        yield _item(instance, "disk", "GiB of disks", size, prices.month("disk_gb_month"))


def _disk(machine: Part, default: int = DISK) -> int:
    return machine.number("BlockDeviceMappings", 0, "Ebs", "VolumeSize", default=default) or default


def _address(node: Node, count: float, prices: Prices) -> Item:
    return _item(node, "address", "public IPv4 addresses", count, prices.hours("public_address"))


def _tasks(graph: Graph, prices: Prices) -> Iterator[Item]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        if service.launch != "fargate" or definition is None:
            continue
        count = service.desired_count or 0
        yield _item(
            service,
            "fargate",
            f"Fargate tasks, {definition.cpu} units and {definition.memory} MiB",
            count,
            _fargate(definition, prices),
        )
        if service.public_address:
            yield _address(service, count, prices)


def _fargate(definition: TaskDefinition, prices: Prices) -> float | None:
    if definition.cpu is None or definition.memory is None:
        return None
    cpu = prices.hours("fargate_cpu") * definition.cpu / CPU_UNITS
    return cpu + prices.hours("fargate_gb") * definition.memory / MIB


def _network(graph: Graph, prices: Prices) -> Iterator[Item]:
    for gateway in graph.all(NatGateway):
        yield _item(gateway, "nat", "NAT gateways", 1, prices.hours("nat_gateway"))
        if gateway.is_private is False:
            yield _address(gateway, 1, prices)
    for endpoint in graph.all(VpcEndpoint):
        if endpoint.type != "Gateway":
            zones = max(len(endpoint.subnets), 1)
            each = prices.hours("interface_endpoint")
            yield _item(endpoint, "endpoint", "interface endpoints, by zones", zones, each)
    for balancer in graph.all(LoadBalancer):
        yield _item(balancer, "balancer", "load balancers", 1, prices.hours("load_balancer"))
        if balancer.scheme == "internet-facing":
            yield _address(balancer, max(len(balancer.subnets), 2), prices)


def _databases(graph: Graph, prices: Prices) -> Iterator[Item]:
    for database in graph.all(Database):
        if database.is_cluster:
            continue
        kind = "documentdb" if database.engine == "docdb" else "rds"
        size = database.text("DBInstanceClass")
        copies = 2 if database.flag("MultiAZ", default=False) else 1
        what = "DocumentDB" if kind == "documentdb" else database.engine
        price = prices.sized(kind, size)
        yield _item(database, f"{kind} {size}", f"{what} instances, {size}", copies, price)
        disk = database.number("AllocatedStorage")
        if kind == "rds" and disk:
            each = prices.month("rds_disk_gb_month")
            yield _item(database, "rds disk", "GiB of database storage", disk * copies, each)


def _small(graph: Graph, prices: Prices) -> Iterator[Item]:
    for secret in graph.all(Secret):
        yield _item(secret, "secret", "secrets", 1, prices.month("secret_month"))
    for database in graph.all(Database):
        if database.master_secret and not database.cluster:
            yield _item(database, "secret", "secrets", 1, prices.month("secret_month"))
    for node in graph.nodes:
        if node.resource.type in NAMED:
            what, name = NAMED[node.resource.type]
            yield _item(node, what, what, 1, prices.month(name))
