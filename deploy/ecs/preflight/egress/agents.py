"""Whether the agents of instances get to ECS: else none joins the cluster.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import AutoScalingGroup, Graph
from deploy.ecs.preflight.egress.filters import Stop, named
from deploy.ecs.preflight.egress.needs import Need
from deploy.ecs.preflight.egress.ways import Way
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import Position, position_of

SERVICES = ("ecs", "ecs-agent", "ecs-telemetry")
NONE_JOINED = "No Container Instances were found in your cluster."


def agents_reach_ecs(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(AutoScalingGroup):
        position = position_of(group)
        if position and group.cluster is not None:
            yield from _found(graph, group, position)


def agent_is_cut_off(graph: Graph, group: AutoScalingGroup, position: Position) -> bool:
    return group.cluster is not None and any(_stops(graph, position))


def _stops(graph: Graph, position: Position) -> Iterator[tuple[Way, Stop]]:
    for service in SERVICES:
        need = Need(service, "joins its cluster", True)
        for subnet in position.known_subnets:
            way = Way(graph, position, subnet, need)
            yield from ((way, each) for each in way.stops)


def _found(graph: Graph, group: AutoScalingGroup, position: Position) -> Iterator[Finding]:
    missing: dict[str, Way] = {}
    for way, stop in _stops(graph, position):
        if stop.fault:
            subject = f"The agent of an instance in {named(way.subnet)} asks {way.need.service}."
            found = error(
                stop.fault,
                stop.part,
                *stop.path,
                why=(subject, *stop.why),
                message=NONE_JOINED,
                cure=stop.cure,
            )
            yield from (found, found.consequence("P11", NONE_JOINED))
        else:
            missing.setdefault(way.need.service, way)
    if missing:
        yield from _missing(group, missing)


def _missing(group: AutoScalingGroup, missing: dict[str, Way]) -> Iterator[Finding]:
    way = next(iter(missing.values()))
    services = ", ".join(missing)
    where = named(way.subnet)
    is_public = way.subnet.is_public
    found = error(
        "N10",
        group,
        "VPCZoneIdentifier",
        why=(
            f"The instances of {named(group)} start in {where}.",
            f"{where} leads to an internet gateway, but they get no public address."
            if is_public
            else f"The routes of {where} lead nowhere outside its network.",
            f"There are no endpoints for {services}.",
        ),
        message=NONE_JOINED,
        cure=f"Give {where} a route to a NAT gateway, or the network endpoints for {services}.",
    )
    yield from (found, found.consequence("P11", NONE_JOINED))
    if len(missing) == len(SERVICES) and not is_public:
        yield found.consequence("N04", NONE_JOINED)
