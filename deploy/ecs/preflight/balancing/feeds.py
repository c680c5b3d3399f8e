"""Whether what a service registers is what its target group takes."""

from collections.abc import Iterator

from deploy.ecs.graph import Action, Feed, Graph, Listener, ListenerRule, Service, TargetGroup
from deploy.ecs.graph.parts import Node
from deploy.ecs.preflight.egress.races import waits_for
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.workloads import Workload

TYPES = {"awsvpc": "ip", "bridge": "instance", "host": "instance"}


def feeds(graph: Graph) -> Iterator[tuple[Workload, Service, Feed, TargetGroup]]:
    """Of what exists, with a target group of these stacks."""
    for service in graph.all(Service):
        for feed in service.load_balancers:
            group = feed.target_group.node if feed.target_group else None
            if group is not None and feed.exists is not False:
                yield Workload(service), service, feed, group


def target_types_fit(graph: Graph) -> Iterator[Finding]:
    for workload, service, _, group in feeds(graph):
        mode = workload.network_mode
        wanted = TYPES.get(mode or "")
        if wanted is None or group.type in {wanted, None}:
            continue
        yield error(
            "B07",
            group,
            "TargetType",
            why=(
                f"{service.resource.logical_id} runs tasks with network mode {mode}.",
                f"They are registered by {'their address' if wanted == 'ip' else 'their instance'}"
                f", and {group.resource.logical_id} takes targets of type {group.type}.",
            ),
            message=f"InvalidParameterException: The provided target group has target type "
            f"{group.type}, which is incompatible with the {mode} network mode specified in the "
            "task definition.",
            cure=f"Set TargetType to {wanted}.",
        )


def containers_are_there(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        if definition is None or not definition.containers.complete:
            continue
        names = [each.container_name for each in definition.containers]
        for feed in service.load_balancers:
            name, port = feed.container_name, feed.container_port
            if name is None or None in names or feed.exists is False:
                continue
            container = definition.container(name)
            if container is None:
                text = f"{definition.resource.logical_id} has the containers: "
                yield _mismatch(
                    feed, "ContainerName", name, port, text + ", ".join(map(str, names))
                )
            elif port is not None and container.ports.complete:
                ports = [each.container_port for each in container.ports]
                if port not in ports and None not in ports:
                    listed = ", ".join(str(each) for each in ports) or "none"
                    text = f"{name} maps the ports: {listed}"
                    yield _mismatch(feed, "ContainerPort", name, port, text)


def _mismatch(feed: Feed, path: str, name: str, port: int | None, text: str) -> Finding:
    return error(
        "B20",
        feed,
        path,
        why=(f"The service registers port {port} of the container {name}.", f"{text}."),
        message=f"InvalidParameterException: The container {name} did not have a container port "
        f"{port} defined.",
        cure="Name a container and a port of its PortMappings.",
    )


def groups_have_listeners(graph: Graph) -> Iterator[Finding]:
    for _, service, feed, group in feeds(graph):
        if group.senders:
            yield from _waits(service, group)
        elif _all_actions_are_known(graph):
            yield error(
                "B11",
                feed,
                "TargetGroupArn",
                why=(
                    f"{service.resource.logical_id} registers with {group.resource.logical_id}.",
                    "No listener and no rule forwards to it.",
                ),
                message="InvalidParameterException: The target group "
                f"{group.resource.logical_id} does not have an associated load balancer.",
                cure="Forward to it from a listener or a rule, and let the service depend on that.",
            )


def _all_actions_are_known(graph: Graph) -> bool:
    found: list[Listener | ListenerRule] = [*graph.all(Listener), *graph.all(ListenerRule)]
    listings = [
        each.default_actions if isinstance(each, Listener) else each.actions for each in found
    ]
    return all(
        listing.complete and all(_is_known(each) for each in listing) for listing in listings
    )


def _is_known(action: Action) -> bool:
    if action.type is None or not action.targets.complete:
        return False
    return all(each.node is not None or isinstance(each.value, str) for each in action.targets)


def _waits(service: Service, group: TargetGroup) -> Iterator[Finding]:
    """For what makes the group one of a load balancer, where one stack makes both."""
    nodes = {
        service.graph.node(each.resource.stack, each.resource.logical_id) for each in group.senders
    }
    own = [each for each in nodes if isinstance(each, Node)]
    here = [each for each in own if each.resource.stack == service.resource.stack]
    if not here or len(here) < len(own) or any(waits_for(service, each) for each in here):
        return
    names = " or ".join(sorted(each.resource.logical_id for each in here))
    yield warning(
        "B12",
        service,
        why=(
            f"{group.resource.logical_id} belongs to a load balancer once {names} is made.",
            f"Nothing makes {service.resource.logical_id} wait for that.",
        ),
        message="InvalidParameterException: The target group does not have an associated load "
        "balancer: now and then, at the first deployment.",
        cure=f"Add DependsOn: {sorted(each.resource.logical_id for each in here)[0]}.",
    )
