"""Whether the host's ports are free for tasks."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TaskDefinition
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.placement.messages import LACKS, unplaced
from deploy.ecs.preflight.placement.pools import RESERVED_PORTS, fixed_ports, pools

MOST = 100  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html


def ports_are_not_reserved(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            for mapping in container.ports:
                taken = mapping.host_port in RESERVED_PORTS & fixed_ports(definition)
                if taken and mapping.exists is not False:
                    yield error(
                        "P10",
                        mapping,
                        "HostPort",
                        why=(
                            f"Port {mapping.host_port} of an instance is kept for SSH, Docker or "
                            "the agent of ECS.",
                        ),
                        message=unplaced(definition.resource.logical_id, LACKS["ports"][1]),
                        cure="Take another host port, or 0 in network mode bridge.",
                    )


def ports_are_few_enough(graph: Graph) -> Iterator[Finding]:
    for pool in pools(graph):
        definitions = {each.definition for each in pool.workloads if each.definition}
        ports = {port for each in definitions for port in fixed_ports(each)}
        own = max(definitions, key=lambda each: len(fixed_ports(each)), default=None)
        if own and len(ports) + len(RESERVED_PORTS) > MOST and len(fixed_ports(own)) > 0:
            yield error(
                "P15",
                own,
                "ContainerDefinitions",
                why=(
                    f"Its instances are to have {len(ports)} ports taken, besides "
                    f"{len(RESERVED_PORTS)} reserved ones.",
                    f"ECS takes at most {MOST} on an instance.",
                ),
                message=unplaced(own.resource.logical_id, LACKS["ports"][1]),
                cure="Map fewer ports, or use host port 0 or network mode awsvpc.",
            )
