"""Whether private tasks call others by names that lead to public addresses."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, LoadBalancer, Subnet
from deploy.ecs.graph.records import records
from deploy.ecs.preflight.connections.peers import Alphabet, Variable, variables
from deploy.ecs.preflight.connections.wording import capital, listed
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.workloads import Position, Workload, workloads

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def peers_are_private(graph: Graph) -> Iterator[Finding]:
    alphabet = Alphabet()
    everybody = list(workloads(graph))
    named = _named_balancers(graph, alphabet)
    for variable in variables(graph, alphabet):
        balancer = _balancer(variable, named)
        if balancer is None or balancer.scheme != "internet-facing" or _has_proxy(variable):
            continue
        if variable.peer is None and (variable.is_own or not variable.is_address):
            continue
        users = [each for each in everybody if each.definition is variable.definition]
        for workload in users:
            for position in workload.positions:
                if closed_in := _without_way_out(position):
                    yield _public(variable, balancer, workload, position, closed_in)


def _named_balancers(graph: Graph, alphabet: Alphabet) -> dict[str, LoadBalancer | None]:
    """By the names of records; None where a name has several."""
    found: dict[str, LoadBalancer | None] = {}
    for each in records(graph):
        name = alphabet.written(each.record_name)
        if name:
            balancer = each.load_balancer
            found[name] = balancer if found.get(name, balancer) is balancer else None
    return found


def _balancer(variable: Variable, named: dict[str, LoadBalancer | None]) -> LoadBalancer | None:
    graph = variable.definition.graph
    found = graph.mentioned(variable.part.value("Value"), LoadBalancer)
    return found[0] if len(found) == 1 else named.get(variable.host or "")


def _has_proxy(variable: Variable) -> bool:
    names = {each.upper() for each in variable.container.environment}
    return not names.isdisjoint(PROXIES) or not variable.container.environment_complete


def _without_way_out(position: Position) -> list[Subnet]:
    return [each for each in position.known_subnets if _is_closed(each, position)]


def _is_closed(subnet: Subnet, position: Position) -> bool:
    if subnet.is_public:
        return position.public_address is False
    return subnet.internet.truth is False


def _public(
    variable: Variable,
    balancer: LoadBalancer,
    workload: Workload,
    position: Position,
    closed: list[Subnet],
) -> Finding:
    is_whole = position.subnets.complete and len(closed) == len(position.subnets)
    tell = error if variable.peer and is_whole else warning
    name = balancer.resource.logical_id
    return tell(
        "N22",
        variable.part,
        "Value",
        why=[
            variable.told,
            f"That is the load balancer {name}, which is internet-facing, so that its name leads "
            "to public addresses, also in its own VPC.",
            f"{capital(workload.label)} is in {listed(map(_named, closed))}.",
            *(_way(each) for each in closed),
        ],
        message=f"Connections to {variable.host or name} time out",
        cure=(
            f"Set {variable.name} to an internal load balancer or a name of Cloud Map or Service "
            "Connect, or give these subnets a route to a NAT gateway."
        ),
    )


def _named(subnet: Subnet) -> str:
    return subnet.resource.logical_id


def _way(subnet: Subnet) -> str:
    if subnet.is_public:
        return f"{_named(subnet)} has an internet gateway, but the tasks have no public address."
    return f"{_named(subnet)} has no route to a NAT gateway."
