"""Statements of IAM policies, and what AWS's list of all actions says of them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

from deploy.ecs.evaluator import Stack
from tests.deploy.templates.deployed import plain


@dataclass(frozen=True)
class Statement:
    policy: str  # its logical id, or its role's
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: dict[str, Any]

    def permits(self, action: str) -> bool:
        return action in self.actions


def statements(stack: Stack, resolved: Callable[[Any], Any] = plain) -> list[Statement]:
    """Of managed policies and of roles; not who may take a role."""
    return [
        Statement(
            resource.logical_id,
            each["Sid"],
            tuple(listed(each["Action"])),
            tuple(map(str, listed(each["Resource"]))),
            each.get("Condition", {}),
        )
        for resource in stack.resources.values()
        for document in documents(resolved(resource.properties))
        for each in document["Statement"]
    ]


def documents(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (each["PolicyDocument"] for each in properties.get("Policies", []))
    if "PolicyDocument" in properties:
        yield properties["PolicyDocument"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def known() -> dict[str, Any]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/, as cfn-lint keeps it."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    return dict(json.loads(path.read_text()))


def formats(action: str) -> list[str]:
    """Of the ARNs of what it acts on, as patterns; none where it knows no resources."""
    service, name = action.split(":")
    kinds = known()[service]["Actions"][name.lower()].get("Resources", [])
    # It does not always write them the same.
    resources = {key.lower(): each for key, each in known()[service]["Resources"].items()}
    found = [arn for kind in kinds for arn in resources[kind.lower()]["ARNFormats"]]
    return [re.sub(r"\$\{\w+\}", "[^:]*", each) for each in found]


def names_its_resource(action: str, resources: tuple[str, ...]) -> bool:
    """Whether any of them is, or may be, of a kind that it acts on."""
    return any(
        re.fullmatch(form, arn) or fnmatchcase(example(form, arn), arn)
        for form in formats(action)
        for arn in resources
    )


def example(form: str, like: str) -> str:
    """One ARN of that form, in the account and region of another."""
    _, partition, _, region, account, *_ = like.split(":")
    for part in (partition, region, account):
        form = form.replace("[^:]*", part, 1)
    return form.replace(".*", "x")


def covers(statement: Statement, action: str, resource: str) -> bool:
    return statement.permits(action) and any(fnmatchcase(resource, r) for r in statement.resources)
