"""Whether the addresses that containers are given for each other lead anywhere."""

import re
from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Attribute, Value
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph import (
    Container,
    DiscoveryService,
    Graph,
    LoadBalancer,
    PrivateDnsNamespace,
    Service,
    TaskDefinition,
)
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.workloads import Workload, workloads

KUBERNETES = re.compile(r"\.svc(\.cluster\.local)?\b|\.cluster\.local\b")
LOCAL = re.compile(r"(?:^|//|@)(localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?(?:/|$|\?)")
HOST = re.compile(r"(?:^|//|@)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
ADDRESS = re.compile(r"(^|_)(URL|URI|HOST|ENDPOINT|ADDRESS)$")
# Words by which an application is told its own address, which it does not call.
OWN = {"ALB", "ALLOWED", "APP", "APPLICATION", "BASE", "CALLBACK", "CANONICAL", "CORS", "CSRF"}
OWN |= {"DOMAIN", "EXTERNAL", "FRONTEND", "LB", "ORIGIN", "ORIGINS", "PUBLIC", "REDIRECT", "ROOT"}
OWN |= {"SELF", "SERVER", "SITE", "TRUSTED", "WEB"}
REFUSED = "requests.exceptions.ConnectionError: Failed to establish a new connection"


def _environments(graph: Graph) -> Iterator[tuple[TaskDefinition, Container, str, Value]]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            for name, value in container.environment.items():
                yield definition, container, name, value


def _written(value: Value) -> str:
    return "".join(each if isinstance(each, str) else "\0" for each in parts_of(value) or ())


def addresses_are_of_ecs(graph: Graph) -> Iterator[Finding]:
    for definition, container, name, value in _environments(graph):
        written = _written(value)
        what = f"{name} of {container.container_name} is {written.replace(chr(0), '…')!r}."
        if KUBERNETES.search(written):
            why = (what, "That is a name of Kubernetes' DNS, which ECS does not have.")
            yield _wrong(container, why)
        elif (local := LOCAL.search(written)) and _is_alone(definition, container, local[2]):
            why = (what, "In a container that is its own task, and nothing listens there.")
            yield _wrong(container, why)
        elif written == "" and value == "" and ADDRESS.search(name):
            yield warning(
                "C09",
                container,
                "Environment",
                why=(f"{name} of {container.container_name} is empty.",),
                message=REFUSED,
                cure="Give it the address of its peer, or leave it out.",
            )


def _wrong(container: Container, why: tuple[str, ...]) -> Finding:
    return error(
        "C09",
        container,
        "Environment",
        why=why,
        message=REFUSED,
        cure="Use the peer's name in Cloud Map or Service Connect, or its load balancer's.",
    )


def _is_alone(definition: TaskDefinition, container: Container, port: str | None) -> bool:
    """Whether no other container of the task, nor this one, may listen at that port."""
    if definition.network_mode not in {"awsvpc", "bridge"} or not definition.containers.complete:
        return False  # on the host's own network anything may
    others = [each for each in definition.containers if each is not container]
    if definition.network_mode == "awsvpc" and others:
        return False  # a sidecar need not map what only its own task uses
    own = [each.container_port for each in container.ports]
    return port is None or int(port) not in own


def names_are_registered(graph: Graph) -> Iterator[Finding]:
    for _, container, name, value in _environments(graph):
        written = _written(value)
        for host in HOST.findall(written):
            yield from _registered(graph, container, name, host)


def _registered(graph: Graph, container: Container, variable: str, host: str) -> Iterator[Finding]:
    namespaces = [each for each in graph.all(PrivateDnsNamespace) if each.dns_name]
    wanted = host.lower()
    inside = [each for each in namespaces if wanted.endswith(f".{(each.dns_name or '').lower()}")]
    known = [each.dns_name for each in graph.all(DiscoveryService)]
    if not inside or any(not isinstance(each, str) for each in known) or _has_connect(graph):
        return
    names = {str(each).lower() for each in known}
    if wanted not in names and not any(wanted.endswith(f".{each}") for each in names):
        listed = ", ".join(sorted(names)) or "none"
        why = (
            f"{variable} of {container.container_name} names {host}.",
            f"The names in {inside[0].resource.logical_id} are: {listed}.",
        )
        yield _wrong(container, why)


def _has_connect(graph: Graph) -> bool:
    services = graph.all(Service)
    return any(each.given("ServiceConnectConfiguration") is not False for each in services)


def public_balancers_are_no_peers(graph: Graph) -> Iterator[Finding]:
    """To a public address there is no way without one to the internet."""
    for workload in workloads(graph):
        definition = workload.definition
        for container in definition.containers if definition else ():
            for name, value in container.environment.items():
                if not OWN & set(name.upper().split("_")):
                    for balancer in _balancers(graph, value):
                        yield from _unreachable(workload, container, name, balancer)


def _balancers(graph: Graph, value: Value) -> Iterator[LoadBalancer]:
    for each in symbols_in(value):
        if isinstance(each, Attribute) and each.name == "DNSName":
            node = graph.node(each.stack, each.logical_id)
            if isinstance(node, LoadBalancer) and node.scheme == "internet-facing":
                yield node


def _unreachable(
    workload: Workload, container: Container, name: str, balancer: LoadBalancer
) -> Iterator[Finding]:
    for position in workload.positions:
        for subnet in position.known_subnets:
            way = subnet.internet
            kinds = {each.kind for each in way.because}
            without_address = kinds == {"internet gateway"} and position.public_address is False
            if way.truth is False or (way.truth and without_address):
                tell = warning if _feeds(workload, balancer) else error
                yield tell(
                    "N22",
                    container,
                    "Environment",
                    why=(
                        f"{name} of {container.container_name} is {balancer.resource.logical_id}, "
                        "which is internet-facing: its name means public addresses.",
                        f"Tasks of {workload.label} in {subnet.resource.logical_id} have no way to "
                        "the internet.",
                    ),
                    message="requests.exceptions.ConnectTimeout",
                    cure="Use an internal load balancer, Cloud Map or Service Connect between "
                    "services, or add a NAT gateway.",
                )
                return


def _feeds(workload: Workload, balancer: LoadBalancer) -> bool:
    """Then it may be meant as the application's own address."""
    node = workload.node
    groups = (
        [each.target_group for each in node.load_balancers] if isinstance(node, Service) else []
    )
    return any(balancer in each.node.load_balancers for each in groups if each and each.node)
