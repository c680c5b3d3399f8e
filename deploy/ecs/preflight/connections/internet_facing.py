"""Whether the internet gets to load balancers that face it."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, LoadBalancer, Subnet
from deploy.ecs.preflight.connections.wording import listed
from deploy.ecs.preflight.finding import Finding, error, warning

BY_VERSION_4 = ("ipv4", "dualstack")


def internet_facing_load_balancers_are_public(graph: Graph) -> Iterator[Finding]:
    for each in graph.all(LoadBalancer):
        if each.scheme != "internet-facing" or each.type not in {"application", "network"}:
            continue
        if each.text("IpAddressType", default="ipv4") not in BY_VERSION_4:
            continue
        nodes = [link.node for link in each.subnets if link.node and link.exists is True]
        if private := [one for one in nodes if one.is_public is False]:
            yield _unreachable(each, private)
        elif main := [one for one in nodes if _uses_table_without_routes(one)]:
            yield _perhaps_unreachable(each, main)


def _uses_table_without_routes(subnet: Subnet) -> bool:
    """No template gives routes to the main table of a network that it makes."""
    return subnet.uses_main_table is True and subnet.vpc is not None and subnet.vpc.node is not None


def _unreachable(balancer: LoadBalancer, private: list[Subnet]) -> Finding:
    return error("B15", balancer, _property(balancer), why=_why(balancer, private) + [
        _routed(each) for each in private
    ], message=_message(balancer), cure=_cure(balancer, private))  # fmt: skip


def _perhaps_unreachable(balancer: LoadBalancer, subnets: list[Subnet]) -> Finding:
    names = listed(each.resource.logical_id for each in subnets)
    why = [
        *_why(balancer, subnets),
        f"No route table of these stacks is associated with {names}, so that the network's main "
        "table holds, which has no route out when it is made.",
    ]
    return warning(
        "B15",
        balancer,
        _property(balancer),
        why=why,
        message=_message(balancer),
        cure=_cure(balancer, subnets),
    )


def _why(balancer: LoadBalancer, subnets: list[Subnet]) -> list[str]:
    said = "" if balancer.given("Scheme") else ", since it has no Scheme"
    names = listed(each.resource.logical_id for each in subnets)
    return [f"{balancer.resource.logical_id} is internet-facing{said}, and in {names}."]


def _routed(subnet: Subnet) -> str:
    table = subnet.route_table
    name, kinds = subnet.resource.logical_id, {each.kind for each in subnet.internet.because}
    if table is None or not kinds - {None}:
        return f"The route table of {name} has no route out."
    ways = listed(str(each) for each in kinds)
    return f"The route table of {name}, {table.resource.logical_id}, leads out by {ways}."


def _message(balancer: LoadBalancer) -> str:
    return f"Connections to the DNS name of {balancer.resource.logical_id} time out"


def _cure(balancer: LoadBalancer, subnets: list[Subnet]) -> str:
    names = listed(each.resource.logical_id for each in subnets)
    return (
        f"Put {balancer.resource.logical_id} into subnets with a route to an internet gateway "
        f"instead of {names}, or set its Scheme to internal."
    )


def _property(balancer: LoadBalancer) -> str:
    return "SubnetMappings" if balancer.given("SubnetMappings") else "Subnets"
