"""Whether something was left to fill in."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Graph
from deploy.ecs.graph.parts import Node, Step
from deploy.ecs.preflight.finding import Finding, Tell, error, warning

# AWS's documentation has these for accounts.
EXAMPLES = (
    r"(?<!\d)(?:123456789012|111122223333|444455556666|012345678901|000000000000|1{12}|9{12})"
)
ACCOUNT = re.compile(rf"{EXAMPLES}(?!\d)")
HOLE = re.compile(
    r"<[A-Za-z][A-Za-z0-9 _-]*>|\b(?:REPLACE[_-]?(?:ME|THIS)|CHANGE[_-]?ME|FIX[_-]?ME|TODO)\b"
    r"|\bYOUR[_-][A-Z0-9_-]+|\b(?:ACCOUNT_ID|AWS_ACCOUNT|REGION_NAME)\b|:X{12}:|\bx{12}\b"
)
PROSE = {"Description", "GroupDescription", "Tags", "UserData", "Comment", "Metadata"}
IDENTIFIES = re.compile(r"arn:|\.dkr\.ecr\.|^\d{12}$")


def nothing_is_left_to_fill_in(graph: Graph) -> Iterator[Finding]:
    for node in graph.nodes:
        account = graph.environment(node.resource.stack).account or ""
        for path, text in _texts(node.resource.properties, ()):
            if HOLE.search(text) and not _is_code(text):
                yield _left(error, node, path, text)
            elif (
                (found := ACCOUNT.search(text)) and found[0] != account and IDENTIFIES.search(text)
            ):
                yield _left(warning, node, path, text)


def _is_example(text: str, account: str) -> bool:
    found = ACCOUNT.search(text)
    return found is not None and found[0] != account and bool(IDENTIFIES.search(text))


def _is_code(text: str) -> bool:
    """A program or a page, where such signs are its own."""
    return "\n" in text or len(text) > 300


def _left(tell: Tell, node: Node, path: tuple[Step, ...], text: str) -> Finding:
    return tell(
        "X04",
        node,
        *path,
        why=(f"{text!r} looks like an example's value.",),
        message="The resource is not found, or access to it is denied.",
        cure="Put the real one there, or !Ref of what it is.",
    )


def _texts(value: object, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            if key not in PROSE:
                yield from _texts(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, (*path, index))
