"""Whether what a resource refers to is there, and is what it should be."""

from collections.abc import Iterator

from deploy.ecs.evaluator import Resource, Stack
from deploy.ecs.evaluator.symbols import Reference
from deploy.ecs.graph import Graph, ScalableTarget, Service
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.finding import Finding, Severity, error


def referred_resources_exist(graph: Graph) -> Iterator[Finding]:
    for stack in graph.stacks:
        for resource in stack.resources.values():
            yield from _absent(stack, resource)


def _absent(stack: Stack, resource: Resource) -> Iterator[Finding]:
    for name in sorted(resource.refers_to & stack.absent.keys()):
        condition = stack.absent[name].condition
        yield _missing(
            Severity.ERROR,
            resource,
            "",
            (
                f"{resource.logical_id} refers to {name}.",
                f"{name} is not made: its condition {condition} is false.",
            ),
            f"Template format error: Unresolved resource dependencies [{name}] in the Resources "
            "block of the template",
        )
    for name in sorted(set(resource.depends_on) & stack.absent.keys() - resource.refers_to):
        yield _missing(
            Severity.NOTE,
            resource,
            "DependsOn",
            (f"{resource.logical_id} waits for {name}, which is not made.",),
            "Nothing: CloudFormation waits for nothing then.",
        )


def _missing(
    severity: Severity, resource: Resource, path: str, why: tuple[str, ...], message: str
) -> Finding:
    return Finding(
        id="X05",
        severity=severity,
        stack=resource.stack,
        resource=resource.logical_id,
        property=path,
        message=message,
        why=why,
        cure="Give both the same condition, or choose by Fn::If.",
        place=resource.place("DependsOn") if path else resource.declared_at,
    )


def scaling_names_services(graph: Graph) -> Iterator[Finding]:
    for target in graph.all(ScalableTarget):
        for part in parts_of(target.resource_id) or ():
            node = graph.find(part) if isinstance(part, Reference) else None
            if isinstance(node, Service):
                yield error(
                    "X06",
                    target,
                    "ResourceId",
                    why=(
                        f"!Ref of {node.resource.logical_id} is its ARN.",
                        "A ResourceId is service/CLUSTER/SERVICE, both by name.",
                    ),
                    message="ValidationException: Unsupported service namespace, resource type or "
                    "scalable dimension",
                    cure=f"Write service/${{Cluster}}/${{{node.resource.logical_id}.Name}}.",
                )
