"""The interface of a task on an instance, which never has a public address.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service, Subnet, VpcEndpoint
from deploy.ecs.graph.parts import is_meant
from deploy.ecs.preflight.egress.filters import named
from deploy.ecs.preflight.finding import Finding, error, note, warning
from deploy.ecs.preflight.workloads import SUBNETS, Workload, workloads


def _on_instances(graph: Graph) -> Iterator[tuple[Workload, Service]]:
    for workload in workloads(graph):
        has_own = workload.launch == "ec2" and workload.network_mode == "awsvpc"
        if has_own and isinstance(workload.node, Service):
            yield workload, workload.node


def interfaces_get_out(graph: Graph) -> Iterator[Finding]:
    """Whatever the application may call: what is known of it, tasks_reach_aws asks."""
    for workload, service in _on_instances(graph):
        public = [
            each for one in workload.positions for each in one.known_subnets if each.is_public
        ]
        if public:
            tell = note if any(_has_endpoints(each) for each in public) else warning
            names = " and ".join(dict.fromkeys(named(each) for each in public))
            yield tell(
                "N01",
                service,
                *SUBNETS,
                why=(
                    f"The tasks of {named(service)} run on instances, with interfaces of their "
                    f"own in {names}.",
                    "Such an interface never gets a public address, and the way out of these "
                    "subnets, an internet gateway, serves no others.",
                ),
                message="botocore.exceptions.ConnectTimeoutError, or another time-out, in what "
                "calls anything outside the network.",
                cure="Put the tasks into subnets with a route to a NAT gateway, or use network "
                "mode bridge or host.",
            )


def _has_endpoints(subnet: Subnet) -> bool:
    vpc = subnet.vpc.node if subnet.vpc else None
    return any(
        each.type != "Gateway" and (vpc is None or is_meant(vpc, each.vpc) is not False)
        for each in subnet.graph.all(VpcEndpoint)
    )


def public_address_on_instances(graph: Graph) -> Iterator[Finding]:
    for workload, service in _on_instances(graph):
        if service.public_address:
            yield error(
                "N02",
                service,
                *SUBNETS[:-1],
                "AssignPublicIp",
                why=(
                    f"{workload.label[0].upper()}{workload.label[1:]} runs on instances.",
                    "Only Fargate gives the interface of a task a public address.",
                ),
                message="InvalidParameterException: Assign public IP is not supported for this "
                "launch type.",
                cure="Remove AssignPublicIp, and give the subnets a NAT gateway or endpoints.",
            )
