"""What templates name that no stack of theirs makes."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Pseudo, Reference, Symbol, Value
from deploy.ecs.graph import Container, Graph, TaskDefinition
from deploy.ecs.graph.parts import Link, N, Node
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.spellings import spelled
from deploy.ecs.graph.wildcards import Sign
from deploy.ecs.preflight.live.account import Account

MADE_UP = "ABCDEFGHIJKL"  # what CloudFormation puts behind a name that it makes


def containers(graph: Graph) -> Iterator[tuple[TaskDefinition, Container]]:
    for definition in graph.all(TaskDefinition):
        for each in definition.containers:
            if each.exists is not False:
                yield definition, each


def outside(link: Link[N] | None) -> str | None:
    """The name, id or ARN of what is there before these stacks, if that is known, and is used
    whatever conditions decide."""
    if link is None or link.node is not None or link.exists is not True:
        return None
    return link.value if isinstance(link.value, str) else None


def may_be_made(graph: Graph, *kinds: type[Node]) -> bool:
    """Whether one of these stacks' may turn out to have any name: its own is not known yet."""
    return any(isinstance(each.name, Symbol) for kind in kinds for each in graph.all(kind))


def is_here(arn: str, account: Account) -> bool:
    """No ARN, or one of this account and region."""
    fields = arn.split(":", 5)
    if fields[0] != "arn" or len(fields) < 6:
        return True
    return fields[3] in {"", account.region} and fields[4] in {"", account.id}


def likely_arn(graph: Graph, value: Value, account: Account) -> str | None:
    """An ARN like the one that it will have, with something in the places that AWS fills in."""
    parts = parts_of(spelled(graph, value))
    if parts is None:
        return None
    found = [_filled(each, account) for each in parts]
    return None if None in found else "".join(each for each in found if each)


def _filled(part: str | Symbol, account: Account) -> str | None:
    if isinstance(part, str):
        return part
    if isinstance(part, Sign):
        return MADE_UP[part.index % len(MADE_UP)]
    if isinstance(part, Reference):
        return f"{part.stack}-{part.logical_id}-{MADE_UP}"
    known = {"AWS::AccountId": account.id, "AWS::Region": account.region, "AWS::Partition": "aws"}
    return known.get(part.name) if isinstance(part, Pseudo) else None
