"""Whether the names by which containers call others lead anywhere."""

import re
from collections.abc import Iterator
from functools import partial

from deploy.ecs.graph import Container, Graph, Service
from deploy.ecs.graph.addresses import network
from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.service_connect import connect_names, uses_service_connect
from deploy.ecs.preflight.connections.namespaces import Names
from deploy.ecs.preflight.connections.peers import (
    Alphabet,
    Variable,
    is_literal,
    users_of,
    variables,
)
from deploy.ecs.preflight.finding import Finding, Tell, error, note, warning

KUBERNETES = (".svc", ".cluster.local")
LOCAL = {"localhost", "127.0.0.1", "[::1]"}
AGENTS = re.compile(
    r"adot|cloudwatch|cwagent|datadog|firelens|fluent|log-?router|newrelic|otel|xray", re.IGNORECASE
)
NAMES_FROM_ELSEWHERE = ("Links", "ExtraHosts", "DnsSearchDomains", "DnsServers")


def peers_have_names(graph: Graph) -> Iterator[Finding]:
    alphabet = Alphabet()
    names = Names(graph, alphabet)
    for each in variables(graph, alphabet):
        if each.written == "":
            yield from _empty(each)
        elif each.host is None or _is_list(each):
            continue
        elif each.host in LOCAL:
            yield from _local(each)
        elif (found := names.lookup(each.host)) is not None:
            if not found.leads and found.is_known:
                yield _told(
                    each, [found.sentence], f"Register the peer under that name: {found.cure}"
                )
        elif each.host.endswith(KUBERNETES):
            yield _of_kubernetes(each)
        elif each.scheme and "." not in each.host and is_literal(each.host):
            yield from _short(each)


def _is_list(variable: Variable) -> bool:
    """Such as NO_PROXY, which has names to leave alone."""
    return "NO_PROXY" in variable.name.upper() or "ALLOWED" in variable.name.upper()


def _told(variable: Variable, why: list[str], cure: str, tell: Tell = error) -> Finding:
    host, name = variable.host, variable.name
    message = f"Name or service not known: {host}" if host else f"{name} leads nowhere"
    if host in LOCAL:
        message = f"Connection refused: {host}"
    return tell(
        "C09", variable.part, "Value", why=[variable.told, *why], message=message, cure=cure
    )


def _of_kubernetes(variable: Variable) -> Finding:
    why = ["That is a name of Kubernetes' DNS, which no VPC has."]
    return _told(variable, why, _cure(variable))


def _cure(variable: Variable) -> str:
    peer = variable.peer
    whom = f"the service {peer.resource.logical_id}" if peer else "the peer"
    return (
        f"Set {variable.name} to a name of {whom} that the VPC knows: of Cloud Map, Service "
        "Connect, or an internal load balancer."
    )


def _empty(variable: Variable) -> Iterator[Finding]:
    if not variable.is_address or variable.is_own:
        return
    peer = variable.peer
    if peer:
        why = [f"By its name it is where the service {peer.resource.logical_id} is."]
        yield _told(variable, why, _cure(variable))
    else:
        why = ["By its name it is an address; whether it is needed is not known."]
        yield _told(variable, why, f"Set {variable.name}, or leave it out.", note)


def _local(variable: Variable) -> Iterator[Finding]:
    """Sidecars answer there with awsvpc, and anything of the host with host mode."""
    mode, port = variable.definition.network_mode, variable.port
    if mode not in {"awsvpc", "bridge"} or (mode == "awsvpc" and not _is_alone(variable)):
        return
    mapped = [each.container_port for each in variable.container.ports]
    if not variable.container.ports.complete or None in mapped or port in mapped:
        return
    tell = _certainty(variable)
    is_vague = port is None or len(variable.definition.containers) > 1
    if tell is None or (tell is note and is_vague):
        return
    who = "in its container" if mode == "bridge" else "in its task"
    at = f"port {port}" if port else "its port"
    open_ports = ", ".join(map(str, mapped)) or "none"
    why = [
        f"With {mode}, what answers at {variable.host} is {who}.",
        f"Nothing there is known to listen at {at}; its ports are {open_ports}.",
    ]
    yield _told(variable, why, _cure(variable), tell)


def _is_alone(variable: Variable) -> bool:
    """But for sidecars that answer nobody's requests, and containers that have ended before."""
    containers = variable.definition.containers
    others = [each for each in containers if each.body is not variable.container.body]
    has_proxy = variable.definition.given("ProxyConfiguration") is not False
    ended = _awaited(variable.container)
    answering = [
        each for each in others if each.container_name not in ended and not _is_agent(each)
    ]
    return containers.complete and not has_proxy and not answering


def _awaited(container: Container) -> set[str | None]:
    """The names of those whose end it waits for."""
    return {
        each.text("ContainerName")
        for each in container.parts(Part, "DependsOn")
        if each.text("Condition") in {"SUCCESS", "COMPLETE"}
    }


def _is_agent(container: Container) -> bool:
    image = container.image.repository if container.image else None
    is_named = any(AGENTS.search(each or "") for each in (container.container_name, image))
    return is_named and container.ports.complete and not len(container.ports)


def _certainty(variable: Variable) -> Tell | None:
    """A process of the same container may listen at a port that is not told."""
    if variable.peer:
        return error
    if variable.is_own or not variable.is_address:
        return None
    return warning if variable.is_of_data else note


def _short(variable: Variable) -> Iterator[Finding]:
    """A name without a dot, as of Kubernetes and of compose.yaml."""
    host, container = variable.host or "", variable.container
    services = users_of(variable.definition)
    graph = variable.definition.graph
    resolves = [
        network(host) is not None,
        any(container.given(each) is not False for each in NAMES_FROM_ELSEWHERE),
        variable.definition.given("ProxyConfiguration") is not False,
        variable.definition.network_mode not in {"awsvpc", "bridge"},
        any(node.resource.type == "AWS::EC2::DHCPOptions" for node in graph.nodes),
        any(map(partial(_is_connected, host), services)),
        not services,
    ]
    if any(resolves) or variable.is_own:
        return
    tell = error if variable.peer else warning
    why = [
        f"{host} has no domain. Kubernetes and Docker Compose know such names, a VPC does not.",
        f"The service {services[0].resource.logical_id} does not use Service Connect.",
    ]
    yield _told(variable, why, _cure(variable), tell)


def _is_connected(host: str, service: Service) -> bool:
    if uses_service_connect(service) is False:
        return False
    names = [each for other in service.graph.all(Service) for each in connect_names(other)]
    is_complete = all(connect_names(each).complete for each in service.graph.all(Service))
    return host in names or not is_complete
