"""Whether tasks fit into what instances of a cluster have, and have left."""

from collections.abc import Iterator, Mapping, Sequence

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Finding, Tell, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.container_instances import Instance, Placed, RoomOf, placed
from deploy.ecs.preflight.placement.fleet import count_of
from deploy.ecs.preflight.placement.needs import fixed_ports, needs_of
from deploy.ecs.preflight.placement.packing import Batch, Dimension, Host, Needs, fits
from deploy.ecs.preflight.placement.words import FAULTS, UNITS, unplaced

SINGLY = ("memory", "cpu", "interfaces")


def is_enough(graph: Graph, account: Account) -> Iterator[Finding]:
    """For all tasks: when the instances are empty, and beside what runs there now. Some of that may
    be the service's own, so that a lack beside it is no error."""
    for each in placed(graph, account):
        count = count_of(each.service)
        connected = [one for one in each.instances if one.is_connected]
        if not count or not connected or each.service.scheduling != "REPLICA":
            continue
        for tell, rooms in (
            (error, [one.registered for one in connected]),
            (warning, [one.remaining for one in connected]),
        ):
            if lack := _lack(needs_of(each.definition), count, rooms):
                has = _has(lack, tell is error, connected, rooms, each)
                yield _lacking(tell, each, count, lack, has)
                break


def _lack(needs: Needs, count: int, rooms: Sequence[RoomOf]) -> str | None:
    """What there is too little of; where it is only all together, memory."""
    if _fit(needs, count, rooms):
        return None
    ports: Needs = {name: need for name, need in needs.items() if not isinstance(name, str)}
    if not _fit(ports, count, rooms):
        return "port"
    return next((each for each in SINGLY if not _fit({each: needs[each]}, count, rooms)), "memory")


def _fit(needs: Needs, count: int, rooms: Sequence[Mapping[Dimension, float]]) -> bool:
    return fits([Batch(needs, count, frozenset({0}))], [Host(0, each) for each in rooms])


def _has(
    lack: str, is_empty: bool, instances: Sequence[Instance], rooms: Sequence[RoomOf], of: Placed
) -> str:
    if lack == "port":
        wanted = {port for (port, _), _ in fixed_ports(of.definition)}
        taken = sum(bool(each.taken & wanted) for each in instances)
        return f"It is taken on {taken} of them." if taken and not is_empty else "Each has it once."
    if lack == "interfaces":
        return f"They have {sum(each[lack] for each in rooms):.0f} interfaces for tasks."
    listed = " and ".join(f"{each[lack]:.0f}" for each in rooms)
    return f"They {'register' if is_empty else 'have left'} {listed} {UNITS[lack]}."


def _lacking(tell: Tell, placed: Placed, count: int, lack: str, has: str) -> Finding:
    needs = needs_of(placed.definition)
    ports = ", ".join(str(port) for (port, _), _ in fixed_ports(placed.definition))
    wanted = {
        "memory": f"{needs['memory']} MiB",
        "cpu": f"{needs['cpu']} CPU units",
        "interfaces": "an interface of its own",
        "port": f"port {ports} of its instance",
    }
    return tell(
        FAULTS[lack],
        placed.service,
        "DesiredCount",
        why=(
            f"{placed.name} wants {count} tasks in the cluster {placed.cluster}, each with "
            f"{wanted[lack]}.",
            f"{len(placed.instances)} instances are registered there.",
            has,
        ),
        message=unplaced(placed.service, lack),
        cure="Add instances to the cluster, or let the tasks take less.",
    )
