"""{{resolve:ssm:…}}, which CloudFormation replaces when it makes the resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.ecs.evaluator.parameters import PUBLIC
from deploy.ecs.evaluator.places import Array, Object, Place, Problems
from deploy.ecs.evaluator.symbols import Text, Value
from deploy.ecs.evaluator.values import joined

STORED = re.compile(r"\{\{resolve:ssm:([\w.\-/]+(?::\d+)?)\}\}")


def resolve(node: Any, stored: Mapping[str, str | None], problems: Problems) -> None:
    """In all strings of an evaluated object. Names that `stored` lacks stay as they are."""
    if not stored or not isinstance(node, Object | Array):
        return
    for key, value, place in _located(node):
        if isinstance(value, str | Text):
            node[key] = joined(
                _filled(each, stored, problems, place) if isinstance(each, str) else each
                for each in (value.parts if isinstance(value, Text) else (value,))
            )
        else:
            resolve(value, stored, problems)


def _located(node: Object | Array) -> Iterator[tuple[Any, Value, Place]]:
    if isinstance(node, Object):
        yield from node.located()
    else:
        yield from ((index, *each) for index, each in enumerate(node.located()))


def _filled(
    written: str, stored: Mapping[str, str | None], problems: Problems, place: Place
) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith(PUBLIC):  # which says more than the id behind it
            return found[0]
        if name in stored and stored[name] is None:
            problems.refuse(place, f"Parameters: [ssm:{name}] cannot be found.")
        return stored.get(name) or found[0]

    return STORED.sub(value, written)


def stored_names(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield from STORED.findall(node)
    elif isinstance(node, Text):
        yield from (name for each in node.parts for name in stored_names(each))
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from stored_names(each)
