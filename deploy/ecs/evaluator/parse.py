"""YAML and JSON as plain values that know their places. The only module that knows PyYAML.

cfn-lint's decoder gives neither places of numbers and booleans nor a template with duplicate keys;
this reads the events of the same parser. The dialect is CloudFormation's:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.reader import ReaderError

from deploy.ecs.evaluator.places import Array, Object, Place, Problems, TemplateError

DEEPEST = 100  # evaluation takes some three frames a level, of Python's thousand
LARGEST = 250_000  # nodes, with aliases expanded; a template has at most 1 MB
LONGEST_NUMBER = 40
YAML = "tag:yaml.org,2002:"
CONSTRUCTOR = SafeConstructor()
# YAML 1.1: `yes` is true. CloudFormation has no timestamps: 2012-10-17 is text.
SCALARS: dict[str, Any] = {
    f"{YAML}bool": CONSTRUCTOR.construct_yaml_bool,
    f"{YAML}int": CONSTRUCTOR.construct_yaml_int,
    f"{YAML}float": CONSTRUCTOR.construct_yaml_float,
    f"{YAML}null": lambda node: None,
}
SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def read(path: Path, problems: Problems) -> Any:
    """Raises TemplateError where the file cannot be read or is neither JSON nor YAML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError(Place(path, 1, 1), f"It cannot be read: {error.strerror}.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TemplateError(Place(path, line, 1), "It is not UTF-8 text.") from error
    if text.lstrip().startswith("{"):
        text = SURROGATES.sub(_character, text)  # which is JSON, but not YAML
    return _parse(text, path, problems)


def _character(pair: re.Match[str]) -> str:
    high, low = (int(code, 16) for code in pair[0][2:].split("\\u"))
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _parse(text: str, path: Path, problems: Problems) -> Any:
    try:
        return Parser(text, path, problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path, 1, 1)
        raise TemplateError(place, f"It is neither JSON nor YAML: {error.problem}.") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TemplateError(Place(path, line, 1), f"{error.reason.capitalize()}.") from error


class Parser:
    def __init__(self, text: str, file: Path, problems: Problems) -> None:
        self.loader = yaml.CSafeLoader(text)
        self.file = file
        self.problems = problems
        self.anchors: dict[str, tuple[Any, int, int]] = {}  # each with its nodes and levels
        self.size = 0
        self.reached = 0  # the deepest level yet, in what is being read

    def document(self) -> Any:
        self.event()
        if self.loader.check_event(yaml.StreamEndEvent):
            return None
        self.event()
        value = self.node(self.event())
        self.event()
        if not self.loader.check_event(yaml.StreamEndEvent):
            raise self.error(self.event(), "A second document begins.")
        return value

    def event(self) -> Any:
        return self.loader.get_event()

    def node(self, event: Any, depth: int = 0) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        size, reached = self.size, self.reached
        self.reached = depth
        self.grow(event, 1, depth)
        is_short = event.tag and event.tag.startswith("!") and event.tag != "!"
        value = self.content(event, depth + 1 if is_short else depth, is_short)
        if is_short:
            value = self.function(event, value)
        if event.anchor:
            self.anchors[event.anchor] = value, self.size - size, self.reached - depth
        self.reached = max(reached, self.reached)
        return value

    def grow(self, event: Any, nodes: int, depth: int) -> None:
        self.size += nodes
        self.reached = max(self.reached, depth)
        if self.reached > DEEPEST:
            raise self.error(event, f"It is nested deeper than {DEEPEST} levels.")
        if self.size > LARGEST:
            raise self.error(event, f"It has more than {LARGEST} values, with its aliases.")

    def content(self, event: Any, depth: int, is_short: bool) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return event.value if is_short else self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def alias(self, event: Any, depth: int) -> Any:
        """CloudFormation has none, but `aws cloudformation package` resolves them."""
        if event.anchor not in self.anchors:
            text = f"*{event.anchor} stands for nothing before it, or for what contains it."
            raise self.error(event, text)
        value, size, levels = self.anchors[event.anchor]
        self.grow(event, size, depth + levels)
        return value

    def scalar(self, event: Any) -> Any:
        tag = event.tag or self.implied(event)
        construct = SCALARS.get(tag)
        if construct is None or len(event.value) > LONGEST_NUMBER:
            return event.value
        try:
            return construct(yaml.ScalarNode(tag, event.value))
        except (ValueError, KeyError):  # 0x_, or !!bool perhaps
            return event.value

    def implied(self, event: Any) -> Any:
        return self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]

    def function(self, event: Any, argument: Any) -> Object:
        name = event.tag[1:]
        result = Object(self.place(event))
        key = name if name in ("Ref", "Condition") else f"Fn::{name}"
        result.put(key, argument, result.place)
        return result

    def sequence(self, start: Any, depth: int) -> Array:
        result = Array(self.place(start))
        while not isinstance(event := self.event(), yaml.SequenceEndEvent):
            result.put(self.valued(event, depth + 1, self.place(event)), self.place(event))
        return result

    def mapping(self, start: Any, depth: int) -> Object:
        result = Object(self.place(start))
        merged: list[Any] = []
        while not isinstance(event := self.event(), yaml.MappingEndEvent):
            place = self.place(event)
            key = self.key(event)
            value = self.valued(self.event(), depth + 1, place)
            if key == "<<" and event.implicit[0]:
                merged += value if isinstance(value, Array) else [value]
                continue
            if key in result:
                first = result.places[key].line
                text = f"{key} is here again after line {first}; this one counts."
                self.problems.note(place, text)
            result.put(key, value, place)
        self.merge(result, merged)
        return result

    def merge(self, result: Object, merged: list[Any]) -> None:
        for each in merged:
            if not isinstance(each, Object):
                raise TemplateError(result.place, "Only mappings can be merged by <<.")
            for key, value, place in each.located():
                if key not in result:
                    result.put(key, value, place)

    def key(self, event: Any) -> str:
        """As it is written: 0123 and `yes` are no number and no boolean here."""
        if not isinstance(event, yaml.ScalarEvent) or (event.tag or "").startswith("!"):
            raise self.error(event, "A key must be plain text.")
        text: str = event.value
        return text

    def valued(self, event: Any, depth: int, place: Place) -> Any:
        value = self.node(event, depth)
        if value is None:
            self.problems.refuse(place, "There is no value; null is not allowed.")
        return value

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def error(self, event: Any, text: str) -> TemplateError:
        return TemplateError(self.place(event), text)
