"""Values with as much of them known as the stacks tell."""

from typing import TYPE_CHECKING

from deploy.ecs.evaluator.pseudo import pseudo_parameter
from deploy.ecs.evaluator.symbols import Attribute, Reference, Symbol, Value
from deploy.ecs.evaluator.values import RefusedError, joined
from deploy.ecs.graph.arns import ARNS
from deploy.ecs.graph.parts import Node
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.wildcards import Sign

if TYPE_CHECKING:
    from deploy.ecs.graph.graph import Graph

REF_IS_ARN = {
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
}
SECRET, TASK_DEFINITION = "AWS::SecretsManager::Secret", "AWS::ECS::TaskDefinition"
SUFFIX = 6  # characters after the hyphen in a secret's ARN


def spelled(graph: "Graph", value: Value) -> Value:
    """Symbols in it as names and ARNs, which have symbols only for what AWS makes up."""
    if isinstance(value, Node):
        return _arn(value)
    parts = parts_of(value)
    if parts is None:
        return value
    try:
        return joined(_expanded(graph, each) for each in parts)
    except RefusedError:
        return value


def _expanded(graph: "Graph", part: str | Symbol) -> Value:
    if not isinstance(part, Reference | Attribute):
        return part
    node = graph.find(part)
    if node is None:
        return part
    if isinstance(part, Reference):
        return _arn(node) if node.resource.type in REF_IS_ARN else _name(node)
    if node.physical and part.name in node.physical.attributes:
        return node.physical.attributes[part.name]
    if part.name.endswith("Arn"):
        end = [":*"] if node.resource.type == "AWS::Logs::LogGroup" else []
        return joined([_arn(node), *end])
    return _name(node) if part.name.endswith("Name") else part


def _added(node: Node) -> list[Value]:
    """What AWS puts behind the name."""
    if node.resource.type == SECRET:
        return ["-", *(Sign(node.reference, index) for index in range(SUFFIX))]
    return [":", node.reference] if node.resource.type == TASK_DEFINITION else []


def _name(node: Node) -> Value:
    return node.id if node.physical else node.name or node.reference


def _arn(node: Node) -> Value:
    """The symbol where it has none that is known here."""
    known = node.physical.attributes.get("Arn") if node.physical else None
    if known or (node.physical and node.resource.type in REF_IS_ARN):
        return known or node.id
    if (own := node.own_arn) is not None:
        return own
    kind = node.resource.type
    form = next((each for each in ARNS if each[2] == kind), None)
    if form is None:
        return node.reference
    environment = node.graph.environment(node.resource.stack)
    partition, region, account = (
        pseudo_parameter(f"AWS::{name}", environment, "")
        for name in ("Partition", "Region", "AccountId")
    )
    service, beginning, _, _ = form
    is_global = service == "iam"
    name = [node.id if node.physical else node.name or node.reference]
    if node.name is not None and not node.physical:
        name += _added(node)
    path = (node.text("Path", default="/") or "/").lstrip("/") if is_global else ""
    where = [partition, f":{service}:", "" if is_global else region, ":", account, ":"]
    return joined(["arn:", *where, beginning, path, *name])
