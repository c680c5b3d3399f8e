"""Whether load balancers get to the tasks that they send requests to."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import (
    Container,
    Feed,
    Graph,
    LoadBalancer,
    SecurityGroup,
    Service,
    Subnet,
    TargetGroup,
    admitted,
    same_zone,
)
from deploy.ecs.preflight.balancing.feeds import feeds
from deploy.ecs.preflight.balancing.health import TRAFFIC, container_of
from deploy.ecs.preflight.connections.filters import Side, closed_acl, groups_let_through
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import Position, Workload

# Docker takes host ports from 32768 on; the kernel's range ends at 60999.
DYNAMIC = (32768, 45000, 60999)
TIMED_OUT = (
    "(service) is unhealthy in (target-group) due to (reason Request timed out): Target.Timeout"
)
ACL_CURE = "Let the network ACL admit the port one way, and 1024-65535 the other way."


@dataclass(frozen=True)
class Path:
    """From a load balancer to where the tasks of a service are."""

    workload: Workload
    service: Service
    balancer: LoadBalancer
    position: Position

    @property
    def source(self) -> Side:
        return Side(self.balancer.security_groups, _subnets(self.balancer))

    @property
    def target(self) -> Side:
        return Side(self.position.groups, self.position.known_subnets)


def balancers_reach_tasks(graph: Graph) -> Iterator[Finding]:
    for workload, service, feed, group in feeds(graph):
        for balancer in group.load_balancers:
            if balancer.type == "network" and not len(balancer.security_groups):
                continue  # it filters nothing, and its addresses are not known
            for position in workload.positions:
                path = Path(workload, service, balancer, position)
                yield from _reaches(path, _ports(workload, feed, group))


def _reaches(path: Path, ports: tuple[int, ...]) -> Iterator[Finding]:
    source, target, balancer, service = path.source, path.target, path.balancer, path.service
    for port in ports:
        if groups_let_through(source, target, port) is False:
            yield _refused(path, port)
            return
        if closed := closed_acl(source, target, port):
            acl = closed.network_acl
            if acl is not None:
                yield error(
                    "N19",
                    acl,
                    why=(
                        f"{balancer.resource.logical_id} sends to port {port} of tasks of "
                        f"{service.resource.logical_id}.",
                        f"The network ACL of {closed.resource.logical_id} does not let that or its "
                        "answers pass.",
                    ),
                    message=TIMED_OUT,
                    cure=ACL_CURE,
                )
                return


def _subnets(balancer: LoadBalancer) -> tuple[Subnet, ...]:
    return tuple(each.node for each in balancer.subnets if each.node is not None)


def _ports(workload: Workload, feed: Feed, group: TargetGroup) -> tuple[int, ...]:
    """Those of the interface that tasks are reached by."""
    container, port = container_of(workload, feed), feed.container_port
    if container is None or port is None:
        return ()
    found = _host_ports(workload, container, port)
    asked = group.health_check.port
    extra = (int(asked),) if asked and asked != TRAFFIC and asked.isdigit() else ()
    return (*found, *extra)


def _host_ports(workload: Workload, container: Container, port: int) -> tuple[int, ...]:
    if workload.network_mode == "awsvpc":
        return (port,)
    mapped = [each.host_port for each in container.ports if each.container_port == port]
    if mapped == [0]:
        return DYNAMIC
    return tuple(each for each in mapped if each)


def _refused(path: Path, port: int) -> Finding:
    workload, service, balancer = path.workload, path.service, path.balancer
    source, target = path.source, path.target
    of = f"{balancer.resource.logical_id} sends to port {port} of {_whom(workload, service)}."
    outward = all(
        admitted("out", source.groups, "tcp", port, each).truth is False for each in target.ends()
    )
    dynamic = port in DYNAMIC and workload.network_mode == "bridge"
    fault = "B10" if outward else "B09" if dynamic and _is_known_at_all(source, target) else "B08"
    part = _first(source) if outward else _first(target)
    why = (
        (of, f"Its group {source.label} lets nothing out to that port.")
        if outward
        else (
            of,
            f"The group {target.label} admits nothing on port {port} from {source.label}.",
            *(("Docker takes any port from 32768 to 60999.",) if dynamic else ()),
        )
    )
    return error(
        fault,
        part or service,
        "SecurityGroupEgress" if outward else "SecurityGroupIngress",
        why=why,
        message=TIMED_OUT,
        cure=f"Let {source.label} send to it." if outward else _cure(source, target, port, dynamic),
    )


def _cure(source: Side, target: Side, port: int, dynamic: bool) -> str:
    ports = "32768-60999" if dynamic else str(port)
    return f"Let {target.label} admit tcp {ports} from {source.label}."


def _whom(workload: Workload, service: Service) -> str:
    who = service.resource.logical_id
    own = workload.network_mode == "awsvpc"
    return f"the tasks of {who}" if own else f"the instances that tasks of {who} run on"


def _is_known_at_all(source: Side, target: Side) -> bool:
    """Whether some port is open between them: the range is what is wrong then."""
    groups = [each.node for each in target.groups if each.node]
    return any(
        rule.admits(one) is not False
        for group in groups
        for rule in group.rules("in")
        for one in source.ends()
    )


def _first(side: Side) -> SecurityGroup | None:
    return next((each.node for each in side.groups if each.node), None)


def targets_are_in_its_zones(graph: Graph) -> Iterator[Finding]:
    for workload, service, _, group in feeds(graph):
        for balancer in group.load_balancers:
            if balancer.type == "application" and balancer.subnets.complete:
                for position in workload.positions:
                    yield from _zones(service, balancer, position)


def _zones(service: Service, balancer: LoadBalancer, position: Position) -> Iterator[Finding]:
    own = _subnets(balancer)
    if len(own) < len(balancer.subnets):
        return
    for subnet in position.known_subnets:
        if own and all(same_zone(subnet.zone, each.zone) is False for each in own):
            yield error(
                "B13",
                balancer,
                "Subnets",
                why=(
                    f"Tasks of {service.resource.logical_id} may be in "
                    f"{subnet.resource.logical_id}.",
                    f"{balancer.resource.logical_id} has no subnet in its zone.",
                ),
                message="Target.NotInUse: Target is in an Availability Zone that is not enabled "
                "for the load balancer",
                cure="Give the load balancer a subnet in each zone of the tasks.",
            )
            return


def balancers_have_two_zones(graph: Graph) -> Iterator[Finding]:
    for balancer in graph.all(LoadBalancer):
        links = balancer.subnets
        if balancer.type != "application" or not links.complete or not len(links):
            continue
        nodes = [each.node for each in links]
        alike = all(
            each is not None and nodes[0] is not None and same_zone(each.zone, nodes[0].zone)
            for each in nodes
        )
        if (len(links) == 1 and not _may_be_list(balancer)) or (len(links) > 1 and alike):
            yield error(
                "B14",
                balancer,
                "Subnets",
                why=(f"{balancer.resource.logical_id} has subnets in one zone only.",),
                message="At least two subnets in two different Availability Zones must be "
                "specified",
                cure="Name subnets in two zones.",
            )


def _may_be_list(balancer: LoadBalancer) -> bool:
    """One parameter may stand for several subnets."""
    [link] = balancer.subnets
    return link.node is None


def public_balancers_are_public(graph: Graph) -> Iterator[Finding]:
    for balancer in graph.all(LoadBalancer):
        if balancer.scheme != "internet-facing":
            continue
        for subnet in _subnets(balancer):
            if subnet.is_public is False:
                yield error(
                    "B15",
                    balancer,
                    "Subnets",
                    why=(
                        f"{balancer.resource.logical_id} is internet-facing and in "
                        f"{subnet.resource.logical_id}.",
                        "The routes of that subnet lead to no internet gateway.",
                    ),
                    message="Requests from the internet time out.",
                    cure="Put it into subnets with a default route to an internet gateway, or make "
                    "it internal.",
                )
                break
