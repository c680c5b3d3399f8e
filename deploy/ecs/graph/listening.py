"""What listens at a port that others may name by it, as by GetAtt Database.Endpoint.Port."""

from deploy.ecs.evaluator.symbols import Attribute, Value
from deploy.ecs.graph.parts import Node, Part

PORTS = ("Endpoint.Port", "Port")


class Listening(Node):
    @property
    def port(self) -> int | None:
        return None


def port_meant(part: Part, value: Value) -> int | None:
    if not isinstance(value, Attribute) or value.name not in PORTS:
        return None
    found = part.graph.node(value.stack, value.logical_id)
    return found.port if isinstance(found, Listening) else None
