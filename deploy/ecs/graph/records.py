"""DNS records that are another name of a load balancer."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.graph import Graph
from deploy.ecs.graph.load_balancing import LoadBalancer
from deploy.ecs.graph.parts import Node, Part


class Record(Part):
    @property
    def record_name(self) -> Value:
        found = self.value("Name")
        return found.rstrip(".").lower() if isinstance(found, str) else found

    @property
    def load_balancer(self) -> LoadBalancer | None:
        """That it is an alias or a CNAME of."""
        written = self.value("AliasTarget", "DNSName")
        values = [written] if written is not None else [*self.values("ResourceRecords")]
        found = {each for value in values for each in self.graph.mentioned(value, LoadBalancer)}
        return found.pop() if len(found) == 1 else None


class RecordSet(Node):
    TYPES = ("AWS::Route53::RecordSet",)


class RecordSetGroup(Node):
    TYPES = ("AWS::Route53::RecordSetGroup",)


def records(graph: Graph) -> Iterator[Record]:
    for each in graph.all(RecordSet):
        yield Record(graph, each.resource, each.body, each.at, each.exists)
    for group in graph.all(RecordSetGroup):
        yield from group.parts(Record, "RecordSets")
