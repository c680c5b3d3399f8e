"""Whether each task gets what it needs of AWS, from every subnet that it may be placed in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from deploy.ecs.graph import AutoScalingGroup, Graph, Service, VpcEndpoint
from deploy.ecs.graph.parts import Step, is_meant
from deploy.ecs.preflight.egress.agents import agent_is_cut_off
from deploy.ecs.preflight.egress.filters import Stop, named
from deploy.ecs.preflight.egress.needs import Need, needs
from deploy.ecs.preflight.egress.ways import Way, foreign_endpoints
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import SUBNETS, Position, Workload, position_of, workloads

TIMED_OUT = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve {what}: RequestError: send request failed caused by: "
    "dial tcp: i/o timeout. Please check your task network configuration."
)
PULL = (
    "CannotPullContainerError: request canceled while waiting for connection "
    "(Client.Timeout exceeded while awaiting headers)"
)
LAYERS = (
    "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
    "httpReaderSeeker: failed open"
)
LOGS = "ResourceInitializationError: failed to validate logger args: : signal: killed"
EXEC = (
    "An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation: "
    "The execute command failed due to an internal error."
)
APPLICATION = "botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL"
# Of one endpoint that is missing among others: its fault, what AWS says, the fault that it shows.
OF_ENDPOINT = {
    "ecr.api": ("N05", TIMED_OUT.format(what="ecr registry auth"), "I03"),
    "ecr.dkr": ("N06", PULL, "I03"),
    "s3": ("I04", LAYERS, ""),
    "logs": ("N07", LOGS, ""),
    "secretsmanager": ("N08", TIMED_OUT.format(what="secret from asm"), "N03"),
    "ssm": ("N08", TIMED_OUT.format(what="secrets from ssm"), "N03"),
    "ssmmessages": ("N09", EXEC, "E01"),
    "internet": ("I06", PULL, ""),
}
MESSAGES = {"I03": PULL, "I04": LAYERS, "N03": TIMED_OUT.format(what="secret"), "E01": EXEC}


def tasks_reach_aws(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        region = graph.environment(workload.node.resource.stack).region
        wanted = list(needs(workload, region))
        yield from _of_own(graph, workload, [each for each in wanted if not each.by_agent])
        for group in workload.instance_groups:
            if position := position_of(group):
                mine = [each for each in wanted if each.by_agent]
                yield from _of_agent(graph, workload, group, position, mine)


def _of_own(graph: Graph, workload: Workload, wanted: list[Need]) -> Iterator[Finding]:
    for position in workload.positions:
        yield from _found(graph, workload, position, wanted)


def _of_agent(
    graph: Graph,
    workload: Workload,
    group: AutoScalingGroup,
    position: Position,
    wanted: list[Need],
) -> Iterator[Finding]:
    if not agent_is_cut_off(graph, group, position):  # else no task ever starts there
        yield from _found(graph, workload, position, wanted)


def _found(
    graph: Graph, workload: Workload, position: Position, wanted: Iterable[Need]
) -> Iterator[Finding]:
    missing: dict[str, list[Way]] = defaultdict(list)
    for need in wanted:
        for subnet in position.known_subnets:
            way = Way(graph, position, subnet, need)
            for stop in way.stops:
                if stop.fault:
                    yield from _of_stop(workload, way, stop)
                else:
                    missing[need.service].append(way)
    yield from _of_missing(graph, workload, missing)


def _of_stop(workload: Workload, way: Way, stop: Stop) -> Iterator[Finding]:
    need = way.need
    _, message, shown = OF_ENDPOINT[need.service]
    by_application = not need.by_agent and "application" in need.what
    found = error(
        stop.fault,
        stop.part,
        *stop.path,
        why=(_subject(workload, way), *stop.why),
        message=APPLICATION if by_application else message,
        cure=stop.cure,
    )
    yield found
    if shown and not by_application:
        yield found.consequence(shown, MESSAGES[shown])


def _subject(workload: Workload, way: Way) -> str:
    who = "An instance of" if way.need.by_agent and workload.launch == "ec2" else "A task of"
    return f"{who} {workload.label} in {named(way.subnet)} {way.need.what}."


def _of_missing(
    graph: Graph, workload: Workload, missing: dict[str, list[Way]]
) -> Iterator[Finding]:
    ways = [way for each in missing.values() for way in each]
    beside = [each for each in ways if each.need.service != "internet"]
    if beside and (all_at_once := _nothing_at_all(graph, workload, beside)):
        yield from all_at_once
    else:
        for service, found in missing.items():
            if service != "internet":
                yield from _endpoint_missing(graph, workload, found)
    if found := missing.get("internet", []):
        yield from _registry_missing(workload, found[0])


def _nothing_at_all(graph: Graph, workload: Workload, ways: list[Way]) -> list[Finding]:
    """One cause: no way out, and no endpoint either."""
    first = ways[0]
    is_public = first.subnet.is_public
    is_task_on_instance = workload.launch == "ec2" and not first.need.by_agent
    if is_public and is_task_on_instance:
        return [_without_address(workload, first, "N01", APPLICATION)]
    if first.vpc is None or _has_endpoints(graph, first):
        return []
    if is_public:
        found = _without_address(workload, first, "N03", MESSAGES["N03"])
        return [found, *_consequences(found, ways)]
    service = _region(graph, workload)
    found = error(
        "N04",
        first.position.said_by,
        *_path(workload, first.position),
        why=(
            _subject(workload, first),
            f"The routes of {named(first.subnet)} lead nowhere outside {named(first.vpc)}: to no "
            "NAT gateway, and to no internet gateway.",
            f"{named(first.vpc)} has no endpoints for {_services(ways)} either.",
        ),
        message=OF_ENDPOINT[first.need.service][1],
        cure="Give its route table a default route to a NAT gateway in a public subnet, or the "
        f"network endpoints for {_services(ways)} ({service}).",
    )
    return [found, *_consequences(found, ways)]


def _services(ways: Iterable[Way]) -> str:
    return ", ".join(dict.fromkeys(each.need.service for each in ways))


def _region(graph: Graph, workload: Workload) -> str:
    region = graph.environment(workload.node.resource.stack).region
    return f"com.amazonaws.{region or '${AWS::Region}'}.…"


def _consequences(found: Finding, ways: list[Way]) -> Iterator[Finding]:
    services = {each.need.service for each in ways if not each.need.what.endswith("application")}
    shown = {OF_ENDPOINT[each][2] or OF_ENDPOINT[each][0] for each in services}
    yield from (
        found.consequence(each, MESSAGES[each])
        for each in sorted(shown & MESSAGES.keys())
        if each != found.id
    )


def _without_address(workload: Workload, way: Way, fault: str, message: str) -> Finding:
    on_instance = workload.launch == "ec2"
    why = (
        "On instances a task's interface never gets a public address, whatever its subnet says."
        if on_instance
        else "Its interface gets no public address: AssignPublicIp is not ENABLED."
    )
    cure = (
        "Put its tasks into subnets with a route to a NAT gateway, or add the endpoints, or use "
        "network mode bridge or host."
        if on_instance
        else "Set AssignPublicIp to ENABLED, or put its tasks behind a NAT gateway or endpoints."
    )
    path: tuple[Step, ...] = _path(workload, way.position)
    if not on_instance:
        path = (*path[:-1], "AssignPublicIp") if path else ()
    return error(
        fault,
        way.position.said_by,
        *path,
        why=(
            _subject(workload, way),
            f"{named(way.subnet)} leads to an internet gateway, which serves public addresses.",
            why,
            f"The network has no endpoint for {way.need.service}.",
        ),
        message=message,
        cure=cure,
    )


def _path(workload: Workload, position: Position) -> tuple[Step, ...]:
    node = workload.node
    if position.said_by is not node:
        return ()
    return SUBNETS if isinstance(node, Service) else (*node.awsvpc, "Subnets")


def _has_endpoints(graph: Graph, way: Way) -> bool:
    """Interface endpoints, or such whose network is not known."""
    return any(
        each.type != "Gateway" and is_meant(way.vpc, each.vpc) is not False
        for each in graph.all(VpcEndpoint)
        if way.vpc is not None
    )


def _endpoint_missing(graph: Graph, workload: Workload, ways: list[Way]) -> Iterator[Finding]:
    way = ways[0]
    fault, message, shown = OF_ENDPOINT[way.need.service]
    if way.vpc is None:
        return
    service = way.need.service
    elsewhere = foreign_endpoints(graph, way.vpc, service)
    kind = "gateway endpoint" if service == "s3" else "interface endpoint"
    why = [
        _subject(workload, way),
        f"The routes of {named(way.subnet)} lead to nothing outside {named(way.vpc)} for it.",
        f"{named(way.vpc)} has endpoints, but no {kind} for {service}.",
    ]
    part, path = way.position.said_by, _path(workload, way.position)
    if elsewhere:
        fault, part, path = "N16", elsewhere[0], ("VpcId",)
        why.append(f"{named(elsewhere[0])} is in another network.")
    region = graph.environment(workload.node.resource.stack).region or "${AWS::Region}"
    found = error(
        fault,
        part,
        *path,
        why=why,
        message=message,
        cure=f"Add an AWS::EC2::VPCEndpoint ({kind}) for com.amazonaws.{region}.{service} in "
        f"{named(way.vpc)}.",
    )
    yield found
    if shown:
        yield found.consequence(shown, MESSAGES[shown])


def _registry_missing(workload: Workload, way: Way) -> Iterator[Finding]:
    yield error(
        "I06",
        way.position.said_by,
        *_path(workload, way.position),
        why=(
            _subject(workload, way),
            f"{named(way.subnet)} has no way to the internet, and no endpoint leads to that "
            "registry.",
        ),
        message=PULL,
        cure="Push the image to ECR (or a pull-through cache there), or add a NAT gateway.",
    )
