"""The resources of a stack as CloudFormation lists them."""

from collections.abc import Iterable

from botocore.exceptions import ClientError

from deploy.ecs.cloudformation.stack import CloudFormationStack


def physical_ids(stack: CloudFormationStack, kinds: Iterable[str]) -> dict[str, list[str]]:
    """By type; without what is deleted. Nothing where there is no stack."""
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    pages = stack.client.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    try:
        for page in pages:
            for each in page["StackResourceSummaries"]:
                kind, identifier = each["ResourceType"], each.get("PhysicalResourceId")
                if kind in found and identifier and each["ResourceStatus"] != "DELETE_COMPLETE":
                    found[kind].append(identifier)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":  # "does not exist"
            raise
    return found
