"""Whether Session Manager reaches the instances that are there for it.

https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Ec2Instance, Graph, Listing, permits
from deploy.ecs.preflight.egress.filters import Stop, named
from deploy.ecs.preflight.egress.needs import Need
from deploy.ecs.preflight.egress.ways import Way
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.workloads import Position

SERVICES = ("ssm", "ssmmessages", "ec2messages")
# Newer agents do without it; an older one in the image does not.
OPTIONAL = "ec2messages"


def sessions_reach_bastions(graph: Graph) -> Iterator[Finding]:
    for instance in graph.all(Ec2Instance):
        role = instance.machine.role
        if role and permits(role, "ssmmessages:OpenDataChannel") and (at := _position(instance)):
            yield from _found(graph, instance, at)


def _position(instance: Ec2Instance) -> Position | None:
    machine = instance.machine
    subnet = machine.subnet
    if subnet is None or subnet.node is None:
        return None
    address = machine.public_address
    mapped = subnet.node.maps_public_address
    return Position(
        machine,
        Listing((subnet,)),
        machine.security_groups,
        mapped if address is None else address,
    )


def _found(graph: Graph, instance: Ec2Instance, position: Position) -> Iterator[Finding]:
    [subnet] = position.known_subnets
    ways = [Way(graph, position, subnet, Need(each, "opens sessions", True)) for each in SERVICES]
    stopped = {each.need.service: each.stops[0] for each in ways if each.stops}
    if stopped:
        tell = warning if set(stopped) == {OPTIONAL} else error
        known = [each for each in stopped.values() if each.fault]
        why = [f"{named(instance)} in {named(subnet)} is reached by Session Manager."]
        why += _reasons(stopped, known)
        yield tell(
            "D13",
            instance,
            "SubnetId",
            why=why,
            message="An error occurred (TargetNotConnected) when calling the StartSession "
            f"operation: {named(instance)} is not connected.",
            cure=known[0].cure
            if known
            else f"Add endpoints for {', '.join(stopped)}, or a route to a NAT gateway.",
        )


def _reasons(stopped: dict[str, Stop], known: list[Stop]) -> list[str]:
    if known:
        return list(known[0].why)
    return [
        f"Its routes do not lead to the internet, or it has no public address for that, and there "
        f"are no endpoints for {', '.join(stopped)}."
    ]
