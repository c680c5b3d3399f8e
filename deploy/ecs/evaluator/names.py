"""What names stand for in one stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.evaluator.functions import arguments
from deploy.ecs.evaluator.places import Object
from deploy.ecs.evaluator.pseudo import Environment, pseudo_parameter
from deploy.ecs.evaluator.substitution import substitute
from deploy.ecs.evaluator.symbols import Attribute, Import, Reference, Symbol, Value, Zones
from deploy.ecs.evaluator.template import Template
from deploy.ecs.evaluator.values import RefusedError, UndecidedError, joined, key_of, text


@dataclass
class Names:
    """The functions raise RefusedError, and UndecidedError where a symbol decides."""

    template: Template
    stack: str
    environment: Environment
    parameters: Mapping[str, Value]
    exports: Mapping[Value, Value]  # of other stacks
    resources: set[str] = field(default_factory=set)
    outputs: dict[str, dict[str, Value]] = field(default_factory=dict)  # of nested stacks
    echoes: dict[tuple[str, str], Value] = field(default_factory=dict)  # attributes as written
    referred: set[str] = field(default_factory=set)  # resources, since it was emptied last

    def ref(self, name: Value) -> Value:
        if not isinstance(name, str):
            raise UndecidedError if isinstance(name, Symbol) else RefusedError("it takes a name.")
        if name.startswith("AWS::"):
            return pseudo_parameter(name, self.environment, self.stack)
        if name in self.parameters:
            return self.parameters[name]
        self.refer(name)
        return Reference(name, self.stack)

    def get_att(self, target: Value) -> Value:
        logical_id, attribute = target.split(".", 1) if _dotted(target) else arguments(target, 2)
        name, attribute = text(logical_id), text(attribute)
        self.refer(name)
        output = attribute.removeprefix("Outputs.")
        if name not in self.outputs or output == attribute:
            return self.echoes.get((name, attribute), Attribute(name, attribute, self.stack))
        if output not in self.outputs[name]:
            raise RefusedError(f"the nested stack {name} has no output {output}.")
        return self.outputs[name][output]

    def refer(self, name: str) -> None:
        if name not in self.resources:
            raise RefusedError(f"there is no {name} in the template.")
        self.referred.add(name)

    def sub(self, argument: Value) -> Value:
        template, variables = (
            arguments(argument, 2) if isinstance(argument, list) else (argument, {})
        )
        if not isinstance(template, str) or not isinstance(variables, dict):
            raise RefusedError("it takes a string, or a list of a string and an object.")
        return substitute(template, variables, self.look_up)

    def look_up(self, name: str) -> Value:
        return self.get_att(name) if "." in name else self.ref(name)

    def find_in_map(self, argument: Value) -> Value:
        *path, options = [*arguments(argument, 3, 4), None][:4]
        keys = [text(each) for each in path]
        found: Any = self.template.section("Mappings")
        for key in keys:
            found = found.get(key_of(key, found)) if isinstance(found, Object) else None
        if options is not None and not self.template.extended:
            raise RefusedError("DefaultValue needs Transform: AWS::LanguageExtensions.")
        if found is None and isinstance(options, Object) and "DefaultValue" in options:
            return options["DefaultValue"]
        if found is None or isinstance(found, Object):
            raise RefusedError(f"Mappings have nothing under {', '.join(keys)}.")
        return found

    def get_azs(self, region: Value) -> Value:
        if isinstance(region, dict | list):
            raise RefusedError("it takes the name of a region.")
        return Zones(
            pseudo_parameter("AWS::Region", self.environment, "") if region == "" else region
        )

    def import_value(self, name: Value) -> Value:
        wanted = joined([name])
        if wanted in self.exports:
            return self.exports[wanted]
        return self.deployed_export(wanted)

    def deployed_export(self, name: str | Symbol) -> Value:
        there = self.environment.kept.exports
        is_open = any(isinstance(each, Symbol) for each in self.exports)
        if there is None or is_open or isinstance(name, Symbol):
            return Import(name)
        if name not in there:
            raise RefusedError(f"No export named {name} found.")
        return there[name]


def _dotted(target: Value) -> bool:
    return isinstance(target, str) and "." in target
