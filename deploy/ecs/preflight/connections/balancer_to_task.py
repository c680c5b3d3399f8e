"""Whether a load balancer gets to the tasks that it sends to, and is let out to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.connections.admission import (
    closed,
    groups_told,
    is_for,
    partly_closed,
    place_of,
    rules,
)
from deploy.ecs.preflight.connections.ends import Side, of_load_balancer, of_task
from deploy.ecs.preflight.connections.target_ports import Target, targets_of
from deploy.ecs.preflight.connections.wording import capital, ports_named
from deploy.ecs.preflight.finding import Finding, Tell, error, warning
from deploy.ecs.preflight.workloads import workloads


@dataclass(frozen=True)
class Way:
    target: Target
    balancer: Side
    task: Side
    protocol: str
    ports: tuple[int, int]
    is_check: bool = False

    @property
    def is_dynamic(self) -> bool:
        return self.target.is_dynamic and not self.is_check

    @property
    def into(self) -> tuple[str, Side, Side, str, tuple[int, int]]:
        return "in", self.task, self.balancer, self.protocol, self.ports

    @property
    def out(self) -> tuple[str, Side, Side, str, tuple[int, int]]:
        return "out", self.balancer, self.task, self.protocol, self.ports


def load_balancers_reach_tasks(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        for target in targets_of(workload):
            balancer = of_load_balancer(target.balancer)
            for position in workload.positions:
                for way in _ways(target, balancer, of_task(workload, position)):
                    yield from _into_task(way)
                    yield from _out_of_balancer(way)


def _ways(target: Target, balancer: Side, task: Side) -> Iterator[Way]:
    yield Way(target, balancer, task, target.protocol, target.ports)
    port = target.health_port
    if port is not None:
        yield Way(target, balancer, task, "tcp", (port, port), is_check=True)


def _into_task(way: Way) -> Iterator[Finding]:
    if partly_closed(*way.into):
        yield _not_admitted(way, "B09", warning)
    if not closed(*way.into):
        return
    if not way.is_dynamic:
        yield _not_admitted(way, "B08")
    elif any(is_for(rule, way.balancer, way.task) for rule in rules(way.task, "in")):
        yield _not_admitted(way, "B09")
    else:
        found = _not_admitted(way, "B08")
        yield found
        yield found.consequence("B09", found.message)


def _out_of_balancer(way: Way) -> Iterator[Finding]:
    if not closed(*way.out) and not partly_closed(*way.out):
        return
    part, path = place_of(way.balancer, way.task, "out")
    yield error(
        "B10",
        part,
        *path,
        why=[*_told(way), *groups_told(way.balancer, "out")],
        message=_message(way),
        cure=(
            f"Let {way.balancer.named_groups} send to {ports_named(way.ports)} of "
            f"{way.task.named_groups}."
        ),
    )


def _not_admitted(way: Way, fault: str, tell: Tell = error) -> Finding:
    part, path = place_of(way.task, way.balancer, "in")
    return tell(
        fault,
        part,
        *path,
        why=[*_told(way), *groups_told(way.task, "in")],
        message=_message(way),
        cure=(
            f"Admit {way.protocol} {ports_named(way.ports)} from {_source(way.balancer)} in "
            f"{way.task.named_groups}."
        ),
    )


def _told(way: Way) -> list[str]:
    does = "checks the health of" if way.is_check else "sends to"
    whose = "its tasks" if way.target.workload.network_mode == "awsvpc" else "its hosts"
    said = [
        f"{capital(way.balancer.label)} {does} {way.target.workload.label} at "
        f"{ports_named(way.ports)} of {whose}."
    ]
    if way.is_dynamic:
        said += ["The container has no host port of its own, so Docker chooses among these."]
    return said


def _source(balancer: Side) -> str:
    """As a rule may name it: one without groups by its addresses."""
    if balancer.has_filter:
        return balancer.named_groups
    blocks = [each for each in balancer.blocks if each]
    return " and ".join(blocks) or "the load balancer's subnets"


def _message(way: Way) -> str:
    first, last = way.ports
    port = str(first) if first == last else f"{first}-{last}"
    return (
        f"(service {way.target.workload.node.resource.logical_id}) (port {port}) is unhealthy in "
        f"(target-group {way.target.group.resource.logical_id}) due to (reason Request timed out) "
        "[Target.Timeout]"
    )
