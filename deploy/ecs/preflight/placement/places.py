"""Whether every task finds an instance: at first, during an update and beside the services."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.placement.first_deployment import first_deployment
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks
from deploy.ecs.preflight.placement.one_off import one_off
from deploy.ecs.preflight.placement.overcommitment import overcommitment
from deploy.ecs.preflight.placement.ports import daemons_ports, shared_ports
from deploy.ecs.preflight.placement.rolling_update import rolling_update, trunks_for_an_update
from deploy.ecs.preflight.placement.trunks import trunks


def places(graph: Graph) -> Iterator[Finding]:
    fleet = Fleet(graph)
    settled: list[Tasks] = []
    yield from first_deployment(fleet, settled)
    yield from shared_ports(settled)
    yield from daemons_ports(fleet)
    yield from trunks(fleet, settled)
    yield from rolling_update(fleet, settled)
    yield from trunks_for_an_update(fleet, settled)
    yield from one_off(fleet, settled)
    yield from overcommitment(fleet, settled)
