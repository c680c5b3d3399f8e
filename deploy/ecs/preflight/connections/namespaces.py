"""Names in Cloud Map's namespaces of these stacks, and who registers under them."""

from dataclasses import dataclass
from functools import cached_property

from deploy.ecs.graph import DiscoveryService, Graph, PrivateDnsNamespace, Service
from deploy.ecs.graph.parts import Node
from deploy.ecs.graph.records import RecordSet, RecordSetGroup
from deploy.ecs.graph.service_connect import uses_service_connect
from deploy.ecs.preflight.connections.peers import Alphabet, is_literal

BY_HAND = "AWS::ServiceDiscovery::Instance"


@dataclass(frozen=True)
class Lookup:
    """Of a host in a namespace."""

    host: str
    namespace: PrivateDnsNamespace
    leads: bool
    is_known: bool
    registered: tuple[str, ...]

    @property
    def sentence(self) -> str:
        name = self.namespace.resource.logical_id
        others = ", ".join(self.registered) or "nothing"
        return f"In the namespace {name} no service of these stacks has that name, but {others}."

    @property
    def cure(self) -> str:
        return "an AWS::ServiceDiscovery::Service that ServiceRegistries of an ECS service has."


class Names:
    def __init__(self, graph: Graph, alphabet: Alphabet) -> None:
        self._graph = graph
        self._alphabet = alphabet

    def lookup(self, host: str) -> Lookup | None:
        """None where the host is in none of these namespaces."""
        for namespace, domain in self._domains.items():
            if host.endswith(f".{domain}"):
                names = self._names(namespace)
                labels = [each.removesuffix(domain) for each in (host, *names)]
                is_known = all(map(is_literal, labels)) and self._is_complete()
                return Lookup(host, namespace, host in names, is_known, tuple(names))
        return None

    @cached_property
    def _domains(self) -> dict[PrivateDnsNamespace, str]:
        found = {
            each: self._alphabet.written(each.value("Name"))
            for each in self._graph.all(PrivateDnsNamespace)
        }
        return {each: written.lower().rstrip(".") for each, written in found.items() if written}

    def _names(self, namespace: PrivateDnsNamespace) -> list[str]:
        found = [self._alphabet.written(each.dns_name) for each in self._registered(namespace)]
        return [each.lower() for each in found if each]

    def _registered(self, namespace: PrivateDnsNamespace) -> list[DiscoveryService]:
        return [
            each
            for each in self._graph.all(DiscoveryService)
            if each.namespace and each.namespace.node is namespace and each in self._in_use
        ]

    @cached_property
    def _in_use(self) -> set[Node]:
        services = self._graph.all(Service)
        return {link.node for each in services for link in each.registries if link.node}

    def _is_complete(self) -> bool:
        """Nothing may register there besides what is known."""
        services, graph = self._graph.all(Service), self._graph
        discovery = graph.all(DiscoveryService)
        others = [*graph.all(RecordSet), *graph.all(RecordSetGroup)]
        by_hand = any(node.resource.type == BY_HAND for node in graph.nodes)
        return (
            not others
            and not by_hand
            and all(each.namespace and each.namespace.node for each in discovery)
            and all(each.dns_name is not None for each in discovery)
            and all(each.registries.complete for each in services)
            and all(link.node for each in services for link in each.registries)
            and not any(uses_service_connect(each) is not False for each in services)
        )
