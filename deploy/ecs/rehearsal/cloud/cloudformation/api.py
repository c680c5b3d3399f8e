"""CloudFormation's API, in the place of moto's.

Requests are parsed and answers written by moto, by the service's model; here is what is in them.
"""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from deploy.ecs.evaluator import Output
from deploy.ecs.rehearsal.cloud.cloudformation.changes import ChangeSet
from deploy.ecs.rehearsal.cloud.cloudformation.requests import Asked, Requests
from deploy.ecs.rehearsal.cloud.cloudformation.stack import (
    ENDED,
    Event,
    Stack,
    Wanted,
)
from deploy.ecs.rehearsal.cloud.cloudformation.validation import (
    check_size,
    invalid,
    missing_capability,
)


class Api(CloudFormationResponse):
    RESPONSE_KEY_PATH_TO_TRANSFORMER = {}
    requests: ClassVar[Requests]

    def create_stack(self) -> ActionResult:
        wanted = self.wanted(None)
        kept = self._get_bool_param("DisableRollback", False)
        kept = kept or self._get_param("OnFailure") == "DO_NOTHING"
        stack = self.requests.create(
            self._get_param("StackName"),
            wanted,
            kept=bool(kept),
            is_protected=bool(self._get_bool_param("EnableTerminationProtection", False)),
        )
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        stack = self.stack()
        self.requests.check_updatable(stack)
        stack.is_kept_on_failure = bool(self._get_bool_param("DisableRollback", False))
        self.requests.update(stack, self.wanted(stack.wanted))
        return ActionResult({"StackId": stack.id})

    def delete_stack(self) -> ActionResult:
        name = self._get_param("StackName")
        found = [each for each in self.requests.engine.stacks if name in (each.name, each.id)]
        for stack in found:  # none is no error
            self.requests.delete(stack, self._get_param("RetainResources", []))
        return EmptyResult()

    def cancel_update_stack(self) -> ActionResult:
        self.requests.cancel_update(self.stack())
        return EmptyResult()

    def continue_update_rollback(self) -> ActionResult:
        self.requests.continue_rollback(self.stack(), self._get_param("ResourcesToSkip", []))
        return ActionResult({})

    def update_termination_protection(self) -> ActionResult:
        stack = self.stack()
        stack.is_protected = bool(self._get_bool_param("EnableTerminationProtection", False))
        return ActionResult({"StackId": stack.id})

    def create_change_set(self) -> ActionResult:
        name, type_name = self._get_param("StackName"), self._get_param("ChangeSetType", "UPDATE")
        existing = self.requests.existing(name)
        if type_name == "UPDATE":
            if existing is None:
                raise invalid(f"Stack [{name}] does not exist")
            self.requests.check_updatable(existing)
        before = existing.wanted if existing and type_name == "UPDATE" else None
        made = self.requests.create_change_set(
            self._get_param("ChangeSetName"),
            name,
            type_name,
            self.wanted(before),
            self._get_param("Description"),
        )
        return ActionResult({"Id": made.id, "StackId": made.stack.id})

    def describe_change_set(self) -> ActionResult:
        made = self.change_set()
        return ActionResult(
            {
                **summary_of_change_set(made),
                "Parameters": parameters(made.wanted),
                "Tags": tags(made.wanted),
                "Changes": made.changes,
                "NotificationARNs": [],
                "Capabilities": [],
            }
        )

    def execute_change_set(self) -> ActionResult:
        kept = self._get_bool_param("DisableRollback", False)
        self.requests.execute(self.change_set(), kept=bool(kept))
        return ActionResult({})

    def delete_change_set(self) -> ActionResult:
        made = self.change_set()
        self.requests.change_sets.remove(made)
        return ActionResult({})

    def list_change_sets(self) -> ActionResult:
        stack = self.stack()
        found = [each for each in self.requests.change_sets if each.stack is stack]
        return ActionResult({"Summaries": [summary_of_change_set(each) for each in found]})

    def describe_stacks(self) -> ActionResult:
        if self._get_param("StackName"):
            found = [self.stack()]
        else:
            found = [each for each in self.requests.engine.stacks if each.status != ENDED]
        return ActionResult({"Stacks": [description(each) for each in found]})

    def list_stacks(self) -> ActionResult:
        wanted = self._get_param("StackStatusFilter", [])
        found = [
            each for each in self.requests.engine.stacks if not wanted or each.status in wanted
        ]
        return ActionResult({"StackSummaries": [description(each) for each in reversed(found)]})

    def describe_stack_events(self) -> ActionResult:
        stack = self.stack()
        found = [event(stack, each) for each in reversed(stack.events.copy())]
        return ActionResult({"StackEvents": found})

    def list_stack_resources(self) -> ActionResult:
        found = self.stack().states.copy().values()
        return ActionResult({"StackResourceSummaries": [resource(each) for each in found]})

    def describe_stack_resources(self) -> ActionResult:
        stack, wanted = self.stack(), self._get_param("LogicalResourceId")
        found = [
            each for each in stack.states.copy().values() if wanted in (None, each.whose.logical_id)
        ]
        return ActionResult(
            {"StackResources": [{**whose(stack), **resource(each)} for each in found]}
        )

    def describe_stack_resource(self) -> ActionResult:
        stack, wanted = self.stack(), self._get_param("LogicalResourceId")
        if wanted not in stack.states:
            raise invalid(f"Resource {wanted} does not exist for stack {stack.name}")
        found = {**whose(stack), **resource(stack.states[wanted])}
        return ActionResult({"StackResourceDetail": found})

    def get_template(self) -> ActionResult:
        made = self.change_set() if self._get_param("ChangeSetName") else None
        wanted = made.wanted if made else self.stack().wanted
        body = wanted.body if wanted else ""
        return ActionResult({"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]})

    def get_template_summary(self) -> ActionResult:
        return ActionResult(self.summary())

    def validate_template(self) -> ActionResult:
        return ActionResult(self.summary())

    def list_exports(self) -> ActionResult:
        found = [
            {"ExportingStackId": stack.id, "Name": output.export, "Value": output.value}
            for stack in self.requests.engine.stacks
            for output in stack.outputs.values()
            if stack.status != ENDED and output.export
        ]
        return ActionResult({"Exports": found})

    def stack(self) -> Stack:
        return self.requests.find(self._get_param("StackName"))

    def change_set(self) -> ChangeSet:
        names = self._get_param("ChangeSetName"), self._get_param("StackName")
        return self.requests.find_change_set(*names)

    def template_body(self, before: Wanted | None) -> str:
        if self._get_bool_param("UsePreviousTemplate", False) and before:
            return before.body
        if url := self._get_param("TemplateURL"):
            return str(self._get_stack_from_s3_url(url))
        if body := self._get_param("TemplateBody"):
            check_size(body)
            return str(body)
        raise invalid("Either Template URL or Template Body must be specified.")

    def wanted(self, before: Wanted | None) -> Wanted:
        given = {each["Key"]: each["Value"] for each in self._get_param("Tags", [])}
        asked = Asked(
            self._get_param("StackName").rpartition(":stack/")[2].partition("/")[0],
            self.template_body(before),
            self._get_param("Parameters", []),
            given or (dict(before.tags) if before else {}),
            self._get_param("Capabilities", []),
        )
        return self.requests.wanted(asked, before)

    def summary(self) -> dict[str, Any]:
        engine = self.requests.engine
        before = self.stack().wanted if self._get_param("StackName") else None
        template = engine.template(before.body if before else self.template_body(None))
        evaluated = engine.evaluated(template, {}, "summary")
        capability = missing_capability(evaluated, ())
        return {
            "Description": template.body.get("Description"),
            "Metadata": json.dumps(template.section("Metadata")),
            "Parameters": [
                {
                    "ParameterKey": name,
                    "DefaultValue": declared.get("Default"),
                    "NoEcho": declared.get("NoEcho", False),
                    "Description": declared.get("Description"),
                    "ParameterType": declared.get("Type"),
                }
                for name, declared in template.section("Parameters").items()
            ],
            "Capabilities": [capability] if capability else [],
            "ResourceTypes": sorted({each.type for each in evaluated.resources.values()}),
        }


def whose(stack: Stack) -> dict[str, Any]:
    return {"StackId": stack.id, "StackName": stack.name}


def description(stack: Stack) -> dict[str, Any]:
    return {
        **whose(stack),
        "Description": stack.description,
        "TemplateDescription": stack.description,
        "Parameters": parameters(stack.wanted),
        "CreationTime": stack.created_at,
        "LastUpdatedTime": stack.updated_at,
        "DeletionTime": stack.deleted_at,
        "StackStatus": stack.status,
        "StackStatusReason": stack.status_reason or None,
        "DisableRollback": stack.is_kept_on_failure,
        "NotificationARNs": [],
        "Capabilities": [],
        "Outputs": [output(stack, each) for each in stack.outputs.values()],
        "Tags": tags(stack.wanted),
        "EnableTerminationProtection": stack.is_protected,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def output(stack: Stack, found: Output) -> dict[str, Any]:
    declared = stack.wanted.template.section("Outputs").get(found.name, {}) if stack.wanted else {}
    return {
        "Description": declared.get("Description"),
        "OutputKey": found.name,
        "OutputValue": found.value,
        "ExportName": found.export,
    }


def parameters(wanted: Wanted | None) -> list[dict[str, Any]]:
    if wanted is None:
        return []
    found = []
    for name, declared in wanted.template.section("Parameters").items():
        value = wanted.given.get(name, declared.get("Default"))
        hidden = str(declared.get("NoEcho", False)).lower() == "true"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found.append({"ParameterKey": name, "ParameterValue": "****" if hidden else text})
    return found


def tags(wanted: Wanted | None) -> list[dict[str, str]]:
    given: Iterable[tuple[str, str]] = wanted.tags.items() if wanted else ()
    return [{"Key": key, "Value": value} for key, value in given]


def event(stack: Stack, found: Event) -> dict[str, Any]:
    return {
        **whose(stack),
        "EventId": found.id,
        "LogicalResourceId": found.whose.logical_id,
        "PhysicalResourceId": found.whose.physical_id,
        "ResourceType": found.whose.type,
        "Timestamp": found.at,
        "ResourceStatus": found.status,
        "ResourceStatusReason": found.reason or None,
    }


def resource(found: Event) -> dict[str, Any]:
    return {
        "LogicalResourceId": found.whose.logical_id,
        "PhysicalResourceId": found.whose.physical_id,
        "ResourceType": found.whose.type,
        "LastUpdatedTimestamp": found.at,
        "Timestamp": found.at,
        "ResourceStatus": found.status,
        "ResourceStatusReason": found.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def summary_of_change_set(made: ChangeSet) -> dict[str, Any]:
    return {
        **whose(made.stack),
        "ChangeSetId": made.id,
        "ChangeSetName": made.name,
        "Description": made.description,
        "CreationTime": made.created_at,
        "Status": made.status,
        "StatusReason": made.status_reason,
        "ExecutionStatus": made.execution_status,
    }
