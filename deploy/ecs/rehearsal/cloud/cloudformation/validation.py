"""What CloudFormation refuses before it begins, in its words."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError

from deploy.ecs.evaluator import Problem, Template
from deploy.ecs.evaluator import Stack as Evaluated
from deploy.ecs.rehearsal.cloud.cloudformation.stack import Stack
from deploy.ecs.rehearsal.cloud.resources import KINDS

LARGEST = 51_200  # bytes of a template that is no file in S3
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
IDENTITIES = {
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
}
WORDS = [
    (r"There is no parameter (\w+)\.", "Parameters: [{}] do not exist in the template"),
    (
        r"Parameter (\w+): it has neither a value nor a default\.",
        "Parameters: [{}] must have values",
    ),
    (r"Parameter (\w+): .* is none of .*", "Parameter '{}' must be one of AllowedValues"),
    (r"Parameter (\w+): .* does not match (.*)\.", "Parameter '{}' must match pattern {}"),
    (r"Parameter (\w+): .* is no number\.", "Parameter '{}' must be a number."),
    (
        r"Parameter (\w+): MinLength is (\S+), .*",
        "Parameter '{}' must contain at least {} characters",
    ),
    (
        r"Parameter (\w+): MaxLength is (\S+), .*",
        "Parameter '{}' must contain at most {} characters",
    ),
    (r"Parameter (\w+): MinValue is (\S+), .*", "Parameter '{}' must be a number not less than {}"),
    (
        r"Parameter (\w+): MaxValue is (\S+), .*",
        "Parameter '{}' must be a number not greater than {}",
    ),
    (
        r"(\w+) depends on (.+), which is no resource of the template\.",
        "Template format error: Unresolved resource dependencies [{1}] in the Resources block of "
        "the template",
    ),
]


def invalid(message: str) -> CloudFormationError:
    return CloudFormationError("ValidationError", message)


def check_size(body: str) -> None:
    if len(body.encode()) > LARGEST:
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LARGEST}"
        )


def check(evaluated: Evaluated, template: Template, capabilities: Collection[str]) -> None:
    unknown = sorted({each.type for each in evaluated.resources.values()} - KINDS.keys())
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    # Of several, CloudFormation tells one.
    for problem in evaluated.problems:
        if problem.refused:
            raise invalid(in_words_of_cloudformation(problem, template))
    missing = missing_capability(evaluated, capabilities)
    if missing:
        text = f"Requires capabilities : [{missing}]"
        raise CloudFormationError("InsufficientCapabilitiesException", text)


def in_words_of_cloudformation(problem: Problem, template: Template) -> str:
    for pattern, words in WORDS:
        if found := re.fullmatch(pattern, problem.text, re.DOTALL):
            return constraint(template, found[1]) or words.format(*found.groups())
    rules = template.section("Rules")
    if rules and any(problem.text in str(rule) for rule in rules.values()):
        return problem.text
    return f"Template validation error: {problem.text}"


def constraint(template: Template, parameter: str) -> str | None:
    declared = template.section("Parameters").get(parameter)
    if not isinstance(declared, dict) or "ConstraintDescription" not in declared:
        return None
    return (
        f"Parameter {parameter} failed to satisfy constraint: {declared['ConstraintDescription']}"
    )


def missing_capability(evaluated: Evaluated, capabilities: Collection[str]) -> str | None:
    identities = [
        each for each in evaluated.resources.values() if each.type.startswith("AWS::IAM::")
    ]
    if not identities or "CAPABILITY_NAMED_IAM" in capabilities:
        return None
    if any(IDENTITIES.get(each.type) in each.properties for each in identities):
        return "CAPABILITY_NAMED_IAM"
    return None if "CAPABILITY_IAM" in capabilities else "CAPABILITY_IAM"


def check_types(stack: Stack, evaluated: Evaluated) -> None:
    changed = [
        name
        for name, made in stack.made.items()
        if name in evaluated.resources and evaluated.resources[name].type != made.resource.type
    ]
    if changed:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]"
        )


def parameter_values(given: list[Mapping[str, Any]], before: Mapping[str, str]) -> dict[str, str]:
    """As an API has them."""
    values = {}
    for each in given:
        name = each["ParameterKey"]
        if str(each.get("UsePreviousValue", False)).lower() != "true":
            values[name] = str(each.get("ParameterValue", ""))
        elif name in before:
            values[name] = before[name]
        elif not before:
            raise invalid(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    return values
