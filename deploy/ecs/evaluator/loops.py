"""Fn::ForEach, which AWS::LanguageExtensions brings.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from deploy.ecs.evaluator.functions import elements
from deploy.ecs.evaluator.places import Array, Object, Place, Problems
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, UndecidedError, text

PREFIX = "Fn::ForEach::"
MOST = 10_000  # entries of one template; CloudFormation allows 500 resources
Entry = tuple[str, Any, Place]


class Loops:
    def __init__(
        self,
        evaluate: Callable[[Any], Value],
        check_extended: Callable[[str, Place], None],
        problems: Problems,
    ) -> None:
        self._evaluate = evaluate
        self._check_extended = check_extended
        self._problems = problems
        self._made = 0

    def entries(self, node: Object) -> Iterator[Entry]:
        """Those of an object, each loop as what it stands for."""
        for key, value, place in node.located():
            if not key.startswith(PREFIX):
                yield key, value, place
                continue
            self._check_extended("Fn::ForEach", place)
            try:
                yield from self._expanded(value)
            except RefusedError as error:
                self._problems.refuse(place, f"{key}: {error}")
            except UndecidedError:
                self._problems.note(place, f"Not expanded: {key}, whose collection is not known.")

    def _expanded(self, loop: Any) -> Iterator[Entry]:
        if not isinstance(loop, Array) or len(loop) != 3 or not isinstance(loop[2], Object):
            raise RefusedError("it takes a name, a collection and an object.")
        name, collection, template = loop
        for each in elements(self._evaluate(collection)):
            self._made += 1
            if self._made > MOST:
                raise RefusedError(f"the loops make more than {MOST} entries.")
            yield from self.entries(replaced(template, str(name), text(each)))


def replaced(node: Any, name: str, value: str) -> Any:
    """The node with the value for each ${name} and Ref, and with its letters for each &{name}."""
    if isinstance(node, str):
        letters = re.sub("[^A-Za-z0-9]", "", value)
        return node.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", letters)
    if isinstance(node, Array):
        array = Array(node.place)
        for each, place in node.located():
            array.put(replaced(each, name, value), place)
        return array
    if not isinstance(node, Object):
        return node
    if node == {"Ref": name}:
        return value
    result = Object(node.place)
    for key, each, place in node.located():
        result.put(replaced(key, name, value), replaced(each, name, value), place)
    return result
