"""Evaluated templates with what is deployed in the place of symbols."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from deploy.ecs.evaluator import Output, Resource
from deploy.ecs.evaluator.functions import FUNCTIONS
from deploy.ecs.evaluator.places import Array, Object
from deploy.ecs.evaluator.symbols import (
    NO_VALUE,
    Attribute,
    Import,
    Parameter,
    Pseudo,
    Reference,
    Symbol,
    Text,
    Unknown,
    Value,
    Zone,
    Zones,
)
from deploy.ecs.evaluator.values import RefusedError, UndecidedError, joined


class UnresolvedError(Exception):
    """The text says what has no value, as CloudFormation words it."""


@dataclass(frozen=True)
class Physical:
    """Where the values of symbols are found. All raise UnresolvedError."""

    reference: Callable[[str], Value]
    attribute: Callable[[str, str], Value]
    pseudo: Callable[[str], Value]
    stored: Callable[[str], Value]  # a parameter of Parameter Store
    imported: Callable[[str], Value]
    zones: Callable[[str], list[str]]

    def value(self, value: Value) -> Value:
        if isinstance(value, Object):
            return self.object(value)
        if isinstance(value, Array):
            return self.array(value)
        if isinstance(value, dict):
            return {key: self.value(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return self.symbol(value) if isinstance(value, Symbol) else value

    def object(self, value: Object) -> Object:
        result = Object(value.place)
        for key, each, place in value.located():
            result.put(key, self.value(each), place)
        return result

    def array(self, value: Array) -> Array:
        result = Array(value.place)
        for each, place in value.located():
            result.put(self.value(each), place)
        return result

    def symbol(self, symbol: Symbol) -> Value:
        found: Any
        match symbol:
            case Reference(logical_id=name):
                found = self.reference(name)
            case Attribute(logical_id=name, name=attribute):
                found = self.attribute(name, attribute)
            case Pseudo(name=name):
                found = self.pseudo(name)
            case Parameter(stored_at=str() as name):
                found = self.stored(name)
            case Import(name=name):
                found = self.imported(self.value(name))
            case Zones(region=region):
                found = self.zones(self.value(region))
            case Zone(region=region, index=index):
                found = self.zone(self.value(region), index)
            case Text(parts=parts):
                found = joined(self.value(part) for part in parts)
            case Unknown(function=function, argument=argument):
                found = self.call(function, self.value(argument))
            case _ if symbol is NO_VALUE:
                found = symbol
            case _:
                raise UnresolvedError(f"Template error: {symbol} has no value")
        return found

    def zone(self, region: str, index: int) -> str:
        zones = self.zones(region)
        if index >= len(zones):
            raise UnresolvedError(
                f"Template error: Fn::Select cannot select nonexistent value at index {index}"
            )
        return zones[index]

    def call(self, function: str, argument: Value) -> Value:
        if function not in FUNCTIONS:
            raise UnresolvedError(f"Template error: {function} is beyond this rehearsal")
        try:
            return self.value(FUNCTIONS[function](argument))
        except (RefusedError, UndecidedError) as error:
            raise UnresolvedError(f"Template error: {function}: {error}") from error

    def resource(self, resource: Resource) -> Resource:
        return replace(resource, attributes=self.object(resource.attributes))

    def output(self, output: Output) -> Output:
        return replace(output, value=self.value(output.value), export=self.value(output.export))
