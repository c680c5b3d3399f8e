"""The deployment of one template, as far as it can be told before it happens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deploy.ecs.evaluator.dynamic_references import resolve
from deploy.ecs.evaluator.evaluator import Evaluator
from deploy.ecs.evaluator.names import Names
from deploy.ecs.evaluator.parameters import parameter_values
from deploy.ecs.evaluator.places import Object, Place, Problems, TemplateError
from deploy.ecs.evaluator.pseudo import Environment
from deploy.ecs.evaluator.references import in_order, resources_in
from deploy.ecs.evaluator.resources import Output, Resource, Stack
from deploy.ecs.evaluator.rules import Rules
from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.evaluator.template import Template, entities
from deploy.ecs.evaluator.values import RefusedError, joined

NESTED = "AWS::CloudFormation::Stack"
DEEPEST = 10  # files within files
# Attributes that are what a property says.
ECHOES = {
    "AWS::EC2::SecurityGroup": ("VpcId",),
    "AWS::EC2::Subnet": ("AvailabilityZone", "CidrBlock", "VpcId"),
    "AWS::EC2::VPC": ("CidrBlock",),
}
Given = Mapping[str, Value]  # None is the value of the deployed stack
Exports = dict[tuple[str | None, str | None], dict[Value, Value]]  # by account and region


@dataclass
class Deployment:
    template: Template
    given: Given
    environment: Environment
    exports: Exports
    name: str
    files: tuple[Path, ...]  # this one's last, behind those that it is nested in

    def __post_init__(self) -> None:
        self.problems = Problems(self.template.problems)
        parameters = parameter_values(
            self.template, self.given, self.name, self.problems, self.environment.kept
        )
        own = self.template, self.name, self.environment, parameters, self.own_exports
        self.names = Names(*own)
        self.evaluator = Evaluator(self.names, self.problems)
        self.nested: dict[str, Stack] = {}

    @property
    def own_exports(self) -> dict[Value, Value]:
        return self.exports[self.environment.account, self.environment.region]

    def stack(self) -> Stack:
        Rules(self.evaluator.evaluate, self.problems).check(self.entries("Rules"))
        self.evaluator.conditions.define(self.entries("Conditions"))
        resources = self.resources()
        outputs = {each.name: each for each in self.outputs()}
        return Stack(
            name=self.name,
            environment=self.environment,
            parameters=self.names.parameters,
            conditions=self.evaluator.conditions.known(),
            resources={each.logical_id: each for each in resources if each.exists is not False},
            absent={each.logical_id: each for each in resources if each.exists is False},
            outputs=outputs,
            nested=self.nested,
            problems=list(self.problems),
        )

    def entries(self, section: str) -> Iterator[tuple[str, Any, Place]]:
        return self.evaluator.loops.entries(self.template.section(section))

    def resources(self) -> list[Resource]:
        found = entities(self.entries("Resources"), self.problems, "Resource")
        nodes = {name: (node, place) for name, node, place in found}
        self.names.resources = set(nodes)
        done = {name: self.resource(name, *nodes[name]) for name in self.needed_first(nodes)}
        return [done[name] for name in nodes]

    def needed_first(self, nodes: Mapping[str, tuple[Object, Place]]) -> list[str]:
        """Those whose outputs or attributes are needed to evaluate the others."""
        needed = {
            name: set(resources_in(node))
            for name, (node, _) in nodes.items()
            if str(node.get("Type")) in {NESTED, *ECHOES}
        }
        order, circles = in_order(needed)
        for circle in circles:
            text = f"They wait for each other's outputs or attributes: {', '.join(circle)}."
            self.problems.refuse(nodes[circle[0]][1], text)
        return [*order, *(name for name in nodes if name not in needed)]

    def resource(self, name: str, node: Object, place: Place) -> Resource:
        condition, exists = self.existence(node)
        self.names.referred = set()
        attributes = Object(node.place)
        if exists is not False:
            attributes = self.evaluated(node, exists)
            resolve(attributes, self.environment.kept.parameters, self.problems)
        kind = node.get("Type")
        if not isinstance(kind, str):
            self.problems.refuse(place, f"Resource {name} has no Type.")
        properties = attributes.get("Properties", {})
        if isinstance(properties, Symbol):
            self.problems.note(place, f"The Properties of {name} are not known.")
        elif not isinstance(properties, dict):
            self.problems.refuse(place, f"The Properties of {name} are no object.")
        resource = Resource(
            stack=self.name,
            logical_id=name,
            type=kind if isinstance(kind, str) else "",
            attributes=attributes,
            depends_on=tuple(self.depends_on(name, node)),
            condition=condition,
            exists=exists,
            refers_to=frozenset(self.names.referred),
            declared_at=place,
        )
        if kind == NESTED and exists is not False:
            self.follow(resource)
        for attribute in ECHOES.get(resource.type, ()):
            if attribute in resource.properties:
                self.names.echoes[name, attribute] = resource.properties[attribute]
        return resource

    def existence(self, node: Object) -> tuple[str | None, bool | None]:
        condition = node.get("Condition")
        if condition is None:
            return None, True
        truth = self.evaluator.truth(condition, node.places["Condition"])
        return self.evaluator.conditions.name(condition), truth

    def evaluated(self, node: Object, exists: bool | None) -> Object:
        """As it is if it exists."""
        if exists:
            return self.evaluator.object(node)
        with self.evaluator.assuming(node["Condition"], True):
            return self.evaluator.object(node)

    def depends_on(self, name: str, node: Object) -> Iterator[str]:
        wanted = node.get("DependsOn", [])
        for each in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(each, str) and each in self.names.resources:
                yield each
            else:
                text = f"{name} depends on {each}, which is no resource of the template."
                self.problems.refuse(node.places["DependsOn"], text)

    def outputs(self) -> Iterator[Output]:
        for name, node, place in entities(self.entries("Outputs"), self.problems, "Output"):
            condition, exists = self.existence(node)
            if exists is False:
                continue
            evaluated = self.evaluated(node, exists)
            if "Value" not in evaluated:
                self.problems.refuse(place, f"Output {name} has no Value.")
            export = self.export(evaluated, place)
            value = evaluated.get("Value")
            if export is not None:
                self.own_exports[export] = value
            yield Output(name, value, export, condition, exists, place)

    def export(self, output: Object, place: Place) -> str | Symbol | None:
        if "Export" not in output:
            return None
        export = output["Export"]
        try:
            name = joined([export.get("Name") if isinstance(export, dict) else None])
        except RefusedError as error:
            self.problems.refuse(place, f"Export: {error}")
            return None
        if name in self.own_exports:
            self.problems.refuse(place, f"{name} is exported already.")
        return name

    def follow(self, resource: Resource) -> None:
        """A nested stack, where its template is a file here."""
        url = resource.properties.get("TemplateURL")
        place = resource.place("Properties", "TemplateURL")
        if not isinstance(url, str) or "://" in url:
            self.problems.note(place, f"Not followed: the template of {resource.logical_id}.")
            return
        path = _file(self.template.path.parent, url)
        if path is None:
            self.problems.refuse(place, f"There is no file {url}.")
        elif path in self.files:
            self.problems.refuse(place, f"{path.name} is nested in itself.")
        elif len(self.files) > DEEPEST:
            self.problems.note(place, f"Not followed: more than {DEEPEST} files deep.")
        else:
            self.nest(resource, path, place)

    def nest(self, resource: Resource, path: Path, place: Place) -> None:
        try:
            template = Template.read(path)
        except TemplateError as error:
            self.problems.refuse(place, f"{error.place}: {error.text}")
            return
        given = resource.properties.get("Parameters", {})
        # Its name is made at deployment.
        environment = replace(self.environment, stack_name=None)
        name = f"{self.name}/{resource.logical_id}"
        stack = Deployment(
            template,
            given if isinstance(given, dict) else {},
            environment,
            self.exports,
            name,
            (*self.files, path),
        ).stack()
        self.nested[resource.logical_id] = stack
        self.names.outputs[resource.logical_id] = {
            each.name: each.value for each in stack.outputs.values()
        }


def _file(folder: Path, url: str) -> Path | None:
    try:
        path = (folder / url).resolve()
        return path if path.is_file() else None
    except (OSError, ValueError):  # a name too long, or with a null byte
        return None
