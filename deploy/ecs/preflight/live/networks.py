"""Networks that no stack makes: whether the private names of endpoints resolve there.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
"""

from collections.abc import Iterator
from ipaddress import ip_network

from deploy.ecs.graph import Graph
from deploy.ecs.graph.dhcp import AMAZONS
from deploy.ecs.graph.endpoints import VpcEndpoint
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.subjects import outside

NEEDED = {"enableDnsSupport": "DNS resolution", "enableDnsHostnames": "DNS hostnames"}


def _private_names(graph: Graph) -> Iterator[tuple[VpcEndpoint, str]]:
    """Interface endpoints with private DNS, in a network that is there."""
    for endpoint in graph.all(VpcEndpoint):
        vpc = outside(endpoint.vpc)
        if vpc and endpoint.private_dns and endpoint.exists:
            yield endpoint, vpc


def resolve_names(graph: Graph, account: Account) -> Iterator[Finding]:
    for endpoint, vpc in _private_names(graph):
        off = [each for each in NEEDED if account.has_dns(vpc, each) is False]
        if off:
            yield error(
                "N12",
                endpoint,
                "VpcId",
                why=(
                    f"{endpoint.resource.logical_id} has private DNS, which needs "
                    f"{' and '.join(off)} in {vpc}.",
                    f"There {' and '.join(NEEDED[each] for each in off)} is off.",
                ),
                message="Enabling private DNS requires both enableDnsSupport and "
                f"enableDnsHostnames VPC attributes set to true for {vpc}",
                cure=f"aws ec2 modify-vpc-attribute --vpc-id {vpc}, for each that is off.",
            )


def ask_amazons_name_servers(graph: Graph, account: Account) -> Iterator[Finding]:
    """Others may forward to these, which nobody sees from outside: so no error."""
    for endpoint, vpc in _private_names(graph):
        servers = account.name_servers(vpc)
        if not servers or any(each in _amazons(vpc, account) for each in servers):
            continue
        yield warning(
            "N20",
            endpoint,
            "VpcId",
            why=(
                f"{endpoint.resource.logical_id} takes over the name of its service in {vpc}.",
                f"{vpc} asks {', '.join(servers)}, which know it only if they forward to Amazon's "
                "server.",
            ),
            message="Time-outs: the service's name leads to its public addresses.",
            cure="Use AmazonProvidedDNS, or let these servers forward to it.",
        )


def _amazons(vpc: str, account: Account) -> set[str]:
    """The second address of each block of a network is Amazon's server too."""
    return {*AMAZONS, *(str(ip_network(each)[2]) for each in account.blocks(vpc))}
