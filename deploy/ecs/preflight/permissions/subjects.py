"""Who acts for a task, and what a resource is called in policies."""

from collections.abc import Iterator

from deploy.ecs.evaluator.pseudo import pseudo_parameter
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, joined
from deploy.ecs.graph import Container, Graph, Image, Role, TaskDefinition
from deploy.ecs.graph.names import fields
from deploy.ecs.preflight.workloads import Workload, workloads


def containers(definition: TaskDefinition) -> Iterator[Container]:
    yield from (each for each in definition.containers if each.exists is not False)


def launched_by(definition: TaskDefinition) -> list[Workload]:
    found = workloads(definition.graph)
    return [each for each in found if each.definition is definition]


def needs_fargate(definition: TaskDefinition) -> bool:
    """Whether it is run on Fargate, by a service or as it says itself."""
    launches = {each.launch for each in launched_by(definition)}
    if launches:
        return launches == {"fargate"}
    return list(definition.compatibilities) == ["FARGATE"]


def instance_roles(definition: TaskDefinition) -> list[Role | None]:
    """Of the instances that it runs on; None for each that is not known."""
    groups = [group for each in launched_by(definition) for group in each.instance_groups]
    return [each.machine.role if each.machine else None for each in groups]


def repository_arn(image: Image) -> Value:
    """A repository of these stacks, or the ARN of what the image's name says; None if unknown."""
    if image.node is not None:
        return image.node
    host = fields(image.registry, ".", 4)
    if host is None or len(host) < 4 or image.repository is None:
        return None
    return _arn("aws", "ecr", host[3], host[0], ["repository/", image.repository])


def parameter_arn(graph: Graph, stack: str, name: Value) -> Value:
    """Of a parameter of Systems Manager by its name, with or without the first slash."""
    own = graph.environment(stack)
    region, account, partition = (
        pseudo_parameter(f"AWS::{each}", own, "") for each in ("Region", "AccountId", "Partition")
    )
    slash = "" if isinstance(name, str) and name.startswith("/") else "/"
    return _arn(partition, "ssm", region, account, ["parameter", slash, name])


def _arn(partition: Value, service: str, region: Value, account: Value, rest: list[Value]) -> Value:
    try:
        return joined(["arn:", partition, f":{service}:", region, ":", account, ":", *rest])
    except RefusedError:
        return None


def is_customer_key(key: Value) -> bool:
    return key is not None and not (isinstance(key, str) and "alias/aws/" in key)


def named(role: Role) -> str:
    return role.resource.logical_id


def never_allowed(role: Role, action: str) -> bool:
    """On no resource at all: what an action's resource is called is not always known here."""
    known = role.statements
    return known.complete and all(each.has_action(action) is False for each in known)
