"""Private names: Cloud Map's namespaces and services."""

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, joined
from deploy.ecs.graph.parts import Link, Listing, Node
from deploy.ecs.graph.vpcs import Vpc


class PrivateDnsNamespace(Node):
    TYPES = ("AWS::ServiceDiscovery::PrivateDnsNamespace",)

    @property
    def dns_name(self) -> str | None:
        return self.text("Name")

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "Vpc")


class DiscoveryService(Node):
    TYPES = ("AWS::ServiceDiscovery::Service",)

    @property
    def namespace(self) -> Link[PrivateDnsNamespace] | None:
        return self.link(PrivateDnsNamespace, "NamespaceId") or self.link(
            PrivateDnsNamespace, "DnsConfig", "NamespaceId"
        )

    @property
    def service_name(self) -> Value:
        return self.value("Name")

    @property
    def dns_name(self) -> Value:
        """None where the namespace is not known."""
        namespace = self.namespace.node if self.namespace else None
        if namespace is None or namespace.value("Name") is None or self.service_name is None:
            return None
        try:
            return joined([self.service_name, ".", namespace.value("Name")])
        except RefusedError:
            return None

    @property
    def record_types(self) -> Listing[str]:
        found = self.elements("DnsConfig", "DnsRecords")
        kinds = [each.value.get("Type") if isinstance(each.value, dict) else None for each in found]
        known = tuple(each for each in kinds if isinstance(each, str))
        return Listing(known, found.complete and len(known) == len(found))
