"""Whether logs have a group, and may be written to it."""

from collections.abc import Iterator

from deploy.ecs.evaluator.pseudo import pseudo_parameter
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph import Container, Graph, LogConfiguration, LogGroup, Role, TaskDefinition
from deploy.ecs.graph.keys import Key
from deploy.ecs.graph.spellings import spelled
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.permissions.subjects import (
    containers,
    instance_roles,
    is_customer_key,
    named,
    never_allowed,
)

NO_GROUP = (
    "ResourceInitializationError: failed to create Cloudwatch log stream: "
    "ResourceNotFoundException: The specified log group does not exist."
)
ENCRYPTED = "kms:EncryptionContext:aws:logs:arn"
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")


def log_groups_exist(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in containers(definition):
            log = container.log
            if log and log.driver == "awslogs" and log.creates_group is False:
                yield from _group(container, log)


def _group(container: Container, log: LogConfiguration) -> Iterator[Finding]:
    group: Value = log.value("Options", "awslogs-group")
    if not isinstance(group, str) or (log.group and log.group.node):
        return
    others = [each.group_name for each in log.graph.all(LogGroup)]
    if any(not isinstance(each, str) for each in others if not _is_made_up(each)):
        return  # one of them may have that name
    yield warning(
        "A07",
        log,
        "Options",
        "awslogs-group",
        why=(
            f"{container.container_name} logs to {group}.",
            "No stack makes a log group of that name, and awslogs-create-group is not set.",
        ),
        message=NO_GROUP,
        cure=f"Add an AWS::Logs::LogGroup with LogGroupName {group}, if it is not there already.",
    )


def _is_made_up(name: Value) -> bool:
    """By CloudFormation, so that it is no other's."""
    return not isinstance(name, str) and hasattr(name, "logical_id")


def may_write_logs(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in containers(definition):
            log = container.log
            if log and log.driver == "awslogs":
                for role in _writers(definition):
                    yield from _write(container, log, role)


def _writers(definition: TaskDefinition) -> list[Role]:
    link = definition.execution_role
    if link:
        return [link.node] if link.node else []
    return [each for each in instance_roles(definition) if each]


def _write(container: Container, log: LogConfiguration, role: Role) -> Iterator[Finding]:
    group = log.group.node if log.group else None
    on: Value = group or "*"
    wanted = list(WRITE) if group else []
    denied = [each for each in wanted if _is_denied(role, each, on)]
    if log.creates_group and _may_not_create(role, log, on):
        denied.append("logs:CreateLogGroup")
    if denied:
        yield error(
            "A08",
            role,
            why=(
                f"The log driver of {container.container_name} writes as {named(role)}"
                + (", and is to make the log group." if log.creates_group else "."),
                f"{named(role)} may not {', '.join(denied)}.",
            ),
            message="failed to create Cloudwatch log stream: AccessDeniedException: "
            f"{named(role)} is not authorized to perform: {denied[-1]}",
            cure=f"Let {named(role)} {', '.join(denied)} on the log group.",
        )


def _may_not_create(role: Role, log: LogConfiguration, on: Value) -> bool:
    """The group has no stack, so its ARN is made of its name here."""
    if isinstance(on, LogGroup):
        return _is_denied(role, "logs:CreateLogGroup", on)
    name, environment = log.value("Options", "awslogs-group"), log.graph.environment
    here = environment(log.resource.stack)
    if name is None or here.region is None:
        return never_allowed(role, "logs:CreateLogGroup")
    account, partition = (
        pseudo_parameter(f"AWS::{each}", here, "") for each in ("AccountId", "Partition")
    )
    arn = ["arn:", partition, ":logs:", here.region, ":", account, ":log-group:", name]
    forms = [joined([*arn, end]) for end in ("", ":*", ":log-stream:")]
    return all(role.judged("logs:CreateLogGroup", each).truth is False for each in forms)


def _is_denied(role: Role, action: str, on: Value) -> bool:
    """Policies name the group with :* behind it, and streams in it: any hold on it is enough."""
    if not isinstance(on, LogGroup):
        return never_allowed(role, action)
    return role.judged(action, on).truth is False and _never_in(role, action, on)


def _never_in(role: Role, action: str, group: LogGroup) -> bool:
    """No statement that has the action means that group in some form of its ARN."""
    for each in role.statements:
        if each.effect != "Allow" or each.has_action(action) is False:
            continue
        if each.not_resources or not each.resources.complete:
            return False
        for resource in each.resources:
            if _means(group, resource):
                return False
    return True


def _means(group: LogGroup, resource: Value) -> bool:
    graph = group.graph
    if resource == "*" or graph.find(resource, LogGroup) is group:
        return True
    if group in graph.mentioned(resource, LogGroup):
        return True
    written = resource if isinstance(resource, str) else None
    if written is None:
        return True  # not known
    name = group.group_name
    tail = written.partition(":log-group:")[2].rstrip("*").rstrip(":")
    return not tail or not isinstance(name, str) or name.startswith(tail) or tail.startswith(name)


def keys_admit_logs(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(LogGroup):
        key = graph.find(group.key, Key) if is_customer_key(group.key) else None
        region = graph.environment(group.resource.stack).region
        if key is None or region is None:
            continue
        services = (f"logs.{region}.amazonaws.com", "logs.amazonaws.com")
        context = {ENCRYPTED: spelled(graph, group)}
        if all(
            key.admits_service(each, "kms:GenerateDataKey", context) is False for each in services
        ):
            yield error(
                "X11",
                key,
                "KeyPolicy",
                why=(
                    f"{group.resource.logical_id} is encrypted with {key.resource.logical_id}.",
                    f"Its policy does not let logs.{region}.amazonaws.com use it for this group.",
                ),
                message="The specified KMS key does not exist or is not allowed to be used with "
                "the log group",
                cure=f"Let the service logs.{region}.amazonaws.com kms:Encrypt*, kms:Decrypt*, "
                "kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe* in the key's policy.",
            )
