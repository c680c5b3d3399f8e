"""Whether what a service needs is there when its first task starts."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Repository, Service, TaskDefinition
from deploy.ecs.graph.parts import Node, Part
from deploy.ecs.preflight.egress.races import waits_for
from deploy.ecs.preflight.finding import Finding, error, note, warning

MOUNT_TARGET = "AWS::EFS::MountTarget"
FILE_SYSTEM = "AWS::EFS::FileSystem"
PUSHES = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CodeBuild::Project")


def file_systems_can_be_mounted(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        for system in _file_systems(definition) if definition else ():
            yield from _mounted(graph, service, system)


def _file_systems(definition: TaskDefinition) -> Iterator[Node]:
    for volume in definition.parts(Part, "Volumes"):
        for name in ("FilesystemId", "FileSystemId"):
            link = volume.link(Node, "EFSVolumeConfiguration", name)
            if link and link.node and link.node.resource.type == FILE_SYSTEM:
                yield link.node


def _mounted(graph: Graph, service: Service, system: Node) -> Iterator[Finding]:
    targets = [
        each
        for each in graph.nodes
        if each.resource.type == MOUNT_TARGET
        and graph.find(each.value("FileSystemId"), Node) is system
    ]
    name = system.resource.logical_id
    early = [
        each.resource.logical_id
        for each in targets
        if each.resource.stack == service.resource.stack and not waits_for(service, each)
    ]
    if targets and not early:
        return
    if targets:
        tell = warning
        why = f"Nothing makes {service.resource.logical_id} wait for {' and '.join(early)}."
        cure = f"Add {', '.join(early)} to DependsOn of {service.resource.logical_id}."
    else:
        tell, why, cure = error, f"No mount target of {name} is made.", "Add one in each subnet."
    yield tell(
        "X07",
        service,
        why=(f"Tasks of {service.resource.logical_id} mount {name}.", why),
        message="ResourceInitializationError: failed to invoke EFS utils commands to set up EFS "
        "volumes",
        cure=cure,
    )


def images_can_have_been_pushed(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        if definition is None or service.desired_count == 0:
            continue
        for container in definition.containers:
            repository = container.image.node if container.image else None
            if repository and repository.resource.stack == service.resource.stack:
                yield from _pushed(graph, service, repository)


def _pushed(graph: Graph, service: Service, repository: Repository) -> Iterator[Finding]:
    pushes = any(each.resource.type.startswith(PUSHES) for each in graph.nodes)
    tell = note if pushes else error
    yield tell(
        "X10",
        service,
        "DesiredCount",
        why=(
            f"{service.resource.logical_id} starts tasks from {repository.resource.logical_id}, "
            "which the same stack makes.",
            "Nobody can have pushed an image to it by then.",
        ),
        message="CannotPullContainerError: image not found",
        cure="Make the repository in a stack of its own, or begin with DesiredCount 0.",
    )
