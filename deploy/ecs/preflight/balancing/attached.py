"""B11 and B12: ECS takes a target group only once a load balancer sends to it."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Reference
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph import Action, Graph, Listener, ListenerRule, Service, TargetGroup
from deploy.ecs.preflight.balancing.fed import all_fed, called
from deploy.ecs.preflight.finding import Finding, error, warning

# What may attach a target group in ways that are not seen here.
OTHERS = ("Custom::", "AWS::CloudFormation::")


def attached(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        group = fed.group
        if group is None or group.exists is None or fed.service.exists is None:
            continue
        if not group.senders:
            if not _may_be_attached(graph, fed.service, group):
                yield _on_no_listener(fed.service, group)
        elif not _waits(graph, fed.service, group):
            yield _does_not_wait(fed.service, group)


def _may_be_attached(graph: Graph, service: Service, group: TargetGroup) -> bool:
    return (
        any(_may_send(graph, each, group) for each in _actions(graph))
        or any(_mentions(each.resource.type, each.body, group) for each in graph.nodes)
        or (_is_exported(graph, group) and service.resource.stack != group.resource.stack)
    )


def _actions(graph: Graph) -> Iterator[Action]:
    for listener in graph.all(Listener):
        yield from listener.default_actions
    for rule in graph.all(ListenerRule):
        yield from rule.actions


def _may_send(graph: Graph, action: Action, group: TargetGroup) -> bool:
    links = action.targets
    if action.type not in {None, "forward"}:
        return False
    if not len(links) and not links.complete:
        return True
    return any(graph.same(group, each.node or each.value, TargetGroup) is None for each in links)


def _mentions(kind: str, body: object, group: TargetGroup) -> bool:
    return kind.startswith(OTHERS) and group.reference in set(_references(body))


def _references(body: object) -> Iterator[Reference]:
    yield from (each for each in symbols_in(body) if isinstance(each, Reference))


def _is_exported(graph: Graph, group: TargetGroup) -> bool:
    stack = next(each for each in graph.stacks if each.name == group.resource.stack)
    return any(graph.find(each, TargetGroup) is group for each in stack.exports.values())


def _waits(graph: Graph, service: Service, group: TargetGroup) -> bool:
    """Whether it is created after something that sends to its group. Of other stacks that is for
    their order to say."""
    own = service.resource.stack
    senders = {each.resource.logical_id for each in group.senders if each.resource.stack == own}
    elsewhere = any(each.resource.stack != own for each in group.senders)
    return elsewhere or bool(senders & _before(graph, service))


def _before(graph: Graph, service: Service) -> set[str]:
    """The resources that its stack makes before it."""
    stack = next(each for each in graph.stacks if each.name == service.resource.stack)
    found: set[str] = set()
    pending = [service.resource.logical_id]
    while pending:
        resource = stack.resources.get(pending.pop())
        if resource is not None:
            following = {*resource.depends_on, *resource.refers_to} - found
            found |= following
            pending += following
    return found


def _on_no_listener(service: Service, group: TargetGroup) -> Finding:
    name = called(group)
    return error(
        "B11",
        group,
        why=[
            f"The service {called(service)} registers its tasks with the target group {name}.",
            f"No listener and no rule of a listener forwards to {name}.",
        ],
        message=f"The target group with targetGroupArn {name} does not have an associated load "
        "balancer.",
        cure=f"Forward to {name} in the DefaultActions of a listener, or in an "
        "AWS::ElasticLoadBalancingV2::ListenerRule.",
    )


def _does_not_wait(service: Service, group: TargetGroup) -> Finding:
    senders = [each.resource.logical_id for each in group.senders]
    return warning(
        "B12",
        service,
        why=[
            f"The service {called(service)} registers its tasks with the target group "
            f"{called(group)}.",
            f"It belongs to a load balancer once {senders[0]} is there, and nothing makes "
            f"{called(service)} wait for that.",
            "CloudFormation creates both at once.",
        ],
        message=f"The target group with targetGroupArn {called(group)} does not have an associated "
        "load balancer.",
        cure=f"Add DependsOn: {senders[0]} to {called(service)}.",
    )
