"""Stacks of a rehearsal's account, as whoever has boto3 makes them."""

import time
from collections.abc import Mapping
from typing import Any

from deploy.ecs.rehearsal.cloud import Cloud

PATIENCE = 30  # real seconds


def parameters(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def settled(cloud: Cloud, name: str) -> dict[str, Any]:
    """The stack, by its name or id, when nothing goes on any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        [stack] = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return dict(stack)
        assert time.monotonic() < deadline, stack
        time.sleep(0.01)


def create(cloud: Cloud, name: str, body: str, **values: str) -> dict[str, Any]:
    cloud.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=body,
        Parameters=parameters(values),
        Capabilities=["CAPABILITY_IAM"],
    )
    return settled(cloud, name)


def update(cloud: Cloud, name: str, body: str, **values: str) -> dict[str, Any]:
    cloud.client("cloudformation").update_stack(
        StackName=name,
        TemplateBody=body,
        Parameters=parameters(values),
        Capabilities=["CAPABILITY_IAM"],
    )
    return settled(cloud, name)


def delete(cloud: Cloud, name: str) -> dict[str, Any]:
    cloudformation = cloud.client("cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    cloudformation.delete_stack(StackName=name)
    return settled(cloud, stack["StackId"])


def outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def failures(cloud: Cloud, name: str) -> list[str]:
    """Of resources, the first first."""
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{each['LogicalResourceId']}: {each['ResourceStatusReason']}"
        for each in reversed(found)
        if each["ResourceStatus"].endswith("_FAILED") and each["LogicalResourceId"] != name
    ]
