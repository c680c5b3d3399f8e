"""Stacks as they are once deployed: every symbol of a resource is what AWS has made of it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deploy.ecs.evaluator import Stack
from deploy.ecs.evaluator.places import Array, Object
from deploy.ecs.evaluator.symbols import Attribute, Reference, Text, Unknown
from deploy.ecs.graph import Graph, ManagedSecret, Node, Physical
from deploy.ecs.graph.spellings import REF_IS_ARN
from tests.deploy.templates.deployed import ACCOUNT, REGION


def deployed(stacks: Sequence[Stack]) -> Graph:
    nodes = [each for each in Graph.of(stacks).nodes if not isinstance(each, ManagedSecret)]
    physical = {node.reference: _made(node) for node in nodes}
    return Graph.of([_stack(each, physical) for each in stacks], physical)


def _made(node: Node) -> Physical:
    kind = node.resource.type
    name = node.name if isinstance(node.name, str) else f"{node.resource.logical_id}-0a1b".lower()
    name += f"-{node.resource.stack}" if node.name is None else ""
    arn = f"arn:aws:made:{REGION}:{ACCOUNT}:{name}"
    address = f"{name}.example.com"
    attributes = {"Arn": arn, "GroupId": name, "Endpoint.Address": address, "Endpoint": address}
    attributes |= {"Name": name, "DNSName": address}
    attributes["RepositoryUri"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}"
    return Physical(arn if kind in REF_IS_ARN else name, attributes)


def _stack(stack: Stack, physical: Mapping[Reference, Physical]) -> Stack:
    return replace(
        stack,
        resources={
            name: replace(each, attributes=_known(each.attributes, physical))
            for name, each in stack.resources.items()
        },
    )


def _known(value: Any, physical: Mapping[Reference, Physical]) -> Any:
    if isinstance(value, Object):
        known = Object(value.place)
        for key, child, place in value.located():
            known.put(key, _known(child, physical), place)
        return known
    if isinstance(value, Array):
        listed = Array(value.place)
        for child, place in value.located():
            listed.put(_known(child, physical), place)
        return listed
    if isinstance(value, list):
        return [_known(each, physical) for each in value]
    return _scalar(value, physical)


def _scalar(value: Any, physical: Mapping[Reference, Physical]) -> Any:
    if isinstance(value, Reference):
        return physical[value].id
    if isinstance(value, Attribute):
        made = physical[Reference(value.logical_id, value.stack)]
        return made.attributes.get(value.name, f"{made.id}.{value.name}")
    if isinstance(value, Text):
        return "".join(str(_scalar(each, physical)) for each in value.parts)
    if isinstance(value, Unknown) and value.function == "Fn::Base64":
        return base64.b64encode(str(_scalar(value.argument, physical)).encode()).decode()
    return value
