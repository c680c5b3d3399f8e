"""Properties of a template as parameters of an API: the same names, in another case and with the
types that the API's model says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class PropertyError(Exception):
    """CloudFormation would refuse the properties. The text is its reason."""


@dataclass(frozen=True)
class Aws:
    """The account as its APIs show it."""

    account: str
    region: str
    client: Callable[[str], Any]

    def call(self, service: str, operation: str, /, *given: Mapping[str, Any], **more: Any) -> Any:
        """With those of the properties that the operation takes; later ones win.

        Raises ClientError, PropertyError."""
        client = self.client(service)
        name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(name).input_shape
        properties = {key: value for each in given for key, value in each.items()} | more
        parameters = _structure(shape, properties, outermost=True) if shape else {}
        return getattr(client, operation)(**parameters)


def _structure(shape: Any, given: Mapping[str, Any], *, outermost: bool) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    if not outermost:
        for extraneous in (key for key in given if key.lower() not in members):
            raise PropertyError(f"#: extraneous key [{extraneous}] is not permitted")
    return {
        members[key.lower()]: _converted(shape.members[members[key.lower()]], value)
        for key, value in given.items()
        if key.lower() in members
    }


def _converted(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return _structure(shape, value, outermost=False)
    if shape.type_name == "map":
        return _map(shape, value)
    if shape.type_name == "list":
        return _list(shape, value)
    return _scalar(shape.type_name, value) if shape.type_name in SCALARS else value


def _map(shape: Any, value: Any) -> Any:
    if isinstance(value, list):  # tags, which templates have in two ways
        value = {each["Key"]: each["Value"] for each in value}
    return {key: _converted(shape.value, each) for key, each in value.items()}


def _list(shape: Any, value: Any) -> list[Any]:
    if isinstance(value, Mapping) and "Key" in getattr(shape.member, "members", {}):
        value = [{"Key": key, "Value": each} for key, each in value.items()]
    listed = value if isinstance(value, list) else [value]
    return [_converted(shape.member, each) for each in listed]


def _scalar(kind: str, value: Any) -> Any:
    if isinstance(value, list | dict):
        raise PropertyError(f"#: expected type: {kind.title()}, found: {type(value).__name__}")
    try:
        return SCALARS[kind](value)
    except ValueError as error:
        raise PropertyError(f"#: expected type: {kind.title()}, found: String") from error


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


SCALARS: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: _text(value) == "true",
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": _text,
}
