"""Templates written into a folder, and what they evaluate to."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate

GERMANY = Environment("eu-central-1", "123456789012", "shop")
# `Open` has no value; the condition Unclear hangs on it. Bucket is a resource.
AROUND = """\
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String, Default: web}
  Open: {Type: String}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  OpenNames: {Type: CommaDelimitedList}
Mappings:
  Sizes:
    small: {Memory: 512, Zones: [a, b]}
  Flags: {Yes: {v: 1}, Off: {v: 2}}
Conditions:
  Yes: !Equals [1, "1"]
  No: !Equals [a, A]
  Unclear: !Equals [!Ref Open, x]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Subject:
    Type: Custom::Subject
    Properties:
      Value: VALUE
"""
LINE = AROUND.count("\n")  # where VALUE stands


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str, name: str = "shop.yaml") -> Path:
        path = self.path / name
        path.write_text(textwrap.dedent(text))
        return path

    def template(self, text: str, name: str = "shop.yaml") -> Template:
        return Template.read(self.write(text, name))

    def stack(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        environment: Environment = GERMANY,
    ) -> Stack:
        return evaluate(self.template(text), parameters, environment)

    def value(self, written: str, environment: Environment = GERMANY) -> tuple[Any, list[str]]:
        """What VALUE evaluates to, and what is wrong with it."""
        stack = self.stack(AROUND.replace("VALUE", written), environment=environment)
        texts = [each.text for each in stack.problems if each.place.line == LINE]
        return stack.resources["Subject"].properties.get("Value", "left out"), texts


def texts(stack: Stack) -> list[str]:
    return [f"{each.place.line}: {each.text}" for each in stack.problems]
