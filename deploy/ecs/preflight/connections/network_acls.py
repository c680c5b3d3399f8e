"""Whether network ACLs let connections through, and their answers back."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import (
    AclEntry,
    End,
    Graph,
    Listing,
    LoadBalancer,
    NetworkAcl,
    Subnet,
    admitted,
)
from deploy.ecs.graph.addresses import ANY_PUBLIC
from deploy.ecs.preflight.connections.bastions import bastions
from deploy.ecs.preflight.connections.ends import Side, of_database, of_load_balancer, of_task
from deploy.ecs.preflight.connections.target_ports import DYNAMIC, targets_of
from deploy.ecs.preflight.connections.uses import uses, whole_databases
from deploy.ecs.preflight.connections.wording import capital, ports_named
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.workloads import workloads

ANSWERS = DYNAMIC  # come to a port that the caller's system has chosen


@dataclass(frozen=True)
class Step:
    """Of a connection: packets that pass one ACL."""

    subnet: Subnet
    direction: str
    ports: tuple[int, int]
    address: str | None  # of the other end
    what: str


def acls_let_connections_through(graph: Graph) -> Iterator[Finding]:
    asked: set[Step] = set()
    for caller, called, ports in _connections(graph):
        said = f"{capital(caller.label)} calls {called.label} at {ports_named(ports)}."
        for step in _steps(caller, called, ports):
            if step not in asked:
                yield from _judged(step, said)
            asked.add(step)


def acls_let_the_internet_in(graph: Graph) -> Iterator[Finding]:
    """To load balancers whose security groups admit it."""
    for balancer in graph.all(LoadBalancer):
        groups = balancer.security_groups
        for port in dict.fromkeys(each.port for each in balancer.listeners if each.port):
            if (
                balancer.scheme != "internet-facing"
                or not admitted("in", groups, "tcp", port, End(Listing(), ANY_PUBLIC)).truth
            ):
                continue
            name = balancer.resource.logical_id
            said = f"{name} is internet-facing, and its security groups admit port {port}."
            for subnet in of_load_balancer(balancer).known_subnets:
                for step in (
                    Step(subnet, "in", (port, port), ANY_PUBLIC, "what is sent"),
                    Step(subnet, "out", ANSWERS, ANY_PUBLIC, "the answers"),
                ):
                    yield from _judged(step, said)


def _connections(graph: Graph) -> Iterator[tuple[Side, Side, tuple[int, int]]]:
    for workload in workloads(graph):
        tasks = [of_task(workload, each) for each in workload.positions]
        for target in targets_of(workload):
            for task in tasks:
                yield of_load_balancer(target.balancer), task, target.ports
        for database in uses(workload):
            if database.port is not None:
                ports = (database.port, database.port)
                yield from ((task, of_database(database), ports) for task in tasks)
    for bastion in bastions(graph):
        for database in whole_databases(graph):
            if database.port is not None:
                yield bastion.side, of_database(database), (database.port, database.port)


def _steps(caller: Side, called: Side, ports: tuple[int, int]) -> Iterator[Step]:
    for one in caller.known_subnets:
        for other in called.known_subnets:
            if one is not other:
                yield Step(one, "out", ports, other.cidr, "what is sent")
                yield Step(other, "in", ports, one.cidr, "what is sent")
                yield Step(other, "out", ANSWERS, one.cidr, "the answers")
                yield Step(one, "in", ANSWERS, other.cidr, "the answers")


def _judged(step: Step, said: str) -> Iterator[Finding]:
    acl = step.subnet.network_acl
    if acl is None:
        return
    first, last = step.ports
    found = {
        port: acl.admits(step.direction, "tcp", port, step.address)
        for port in (first, *_edges(acl, step), last)
    }
    blocked = [port for port, answer in found.items() if answer.truth is False]
    if not blocked:
        return
    is_whole = len(blocked) == len(found)
    if not is_whole and any(answer.truth is None for answer in found.values()):
        return
    yield _blocked(step, acl, said, blocked[0], is_whole=is_whole)


def _edges(acl: NetworkAcl, step: Step) -> list[int]:
    """Where the answer may change."""
    first, last = step.ports
    edges = set()
    for each in acl.entries:
        edges |= {each.first - 1, each.first} if each.first is not None else set()
        edges |= {each.last, each.last + 1} if each.last is not None else set()
    return sorted(each for each in edges if first < each < last)


def _blocked(step: Step, acl: NetworkAcl, said: str, port: int, *, is_whole: bool) -> Finding:
    tell = error if is_whole else warning
    other = "the internet" if step.address == ANY_PUBLIC else step.address or "the other end"
    where = f"{'from' if step.direction == 'in' else 'to'} {other}"
    name = acl.resource.logical_id
    decided = acl.admits(step.direction, "tcp", port, step.address).because
    denying = decided[-1] if decided and decided[-1].allows is False else None
    verb = "are" if step.what.endswith("answers") else "is"
    some = "" if is_whole else "some of "
    return tell(
        "N19",
        denying or acl,
        why=[
            said,
            f"{step.subnet.resource.logical_id} has the network ACL {name}.",
            _said_by(name, step.direction, denying),
            f"So {step.what} {where} {verb} stopped at {some}{ports_named(step.ports)}.",
        ],
        message="Connections time out",
        cure=(
            f"Add an entry to {name} that allows tcp {ports_named(step.ports)} {where}, "
            f"{'inbound' if step.direction == 'in' else 'outbound'}."
        ),
    )


def _said_by(name: str, direction: str, entry: AclEntry | None) -> str:
    way = "inbound" if direction == "in" else "outbound"
    if entry is None:
        return f"No {way} entry of {name} allows it, and what none allows is denied."
    return f"Its {way} entry {entry.rule_number} denies it."
