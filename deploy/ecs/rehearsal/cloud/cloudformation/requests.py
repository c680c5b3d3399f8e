"""What CloudFormation is asked to do: checked, refused or begun."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError

from deploy.ecs.evaluator import TemplateError
from deploy.ecs.rehearsal.cloud.cloudformation.changes import NO_CHANGES, ChangeSet, Comparison
from deploy.ecs.rehearsal.cloud.cloudformation.engine import Engine
from deploy.ecs.rehearsal.cloud.cloudformation.names import change_set_arn, stack_arn
from deploy.ecs.rehearsal.cloud.cloudformation.operations import Operation
from deploy.ecs.rehearsal.cloud.cloudformation.physical import UnresolvedError
from deploy.ecs.rehearsal.cloud.cloudformation.stack import ENDED, Stack, Wanted
from deploy.ecs.rehearsal.cloud.cloudformation.validation import (
    check,
    check_types,
    invalid,
    parameter_values,
)

REVIEWED = "REVIEW_IN_PROGRESS"
USER = "User Initiated"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
UPDATABLE = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
}


@dataclass(frozen=True)
class Asked:
    """Of CreateStack, UpdateStack or CreateChangeSet."""

    name: str
    body: str
    parameters: list[Mapping[str, Any]]
    tags: Mapping[str, str]
    capabilities: Collection[str]


class Requests:
    """All raise CloudFormationError where CloudFormation refuses."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.operations: dict[str, Operation] = {}  # the last of each stack, by its id
        self.change_sets: list[ChangeSet] = []

    def find(self, name_or_id: str | None) -> Stack:
        for stack in reversed(self.engine.stacks):
            if stack.id == name_or_id or (stack.name == name_or_id and stack.status != ENDED):
                return stack
        raise invalid(f"Stack with id {name_or_id} does not exist")

    def existing(self, name: str) -> Stack | None:
        found = (each for each in self.engine.stacks if name in (each.name, each.id))
        return next((each for each in found if each.status != ENDED), None)

    def wanted(self, asked: Asked, before: Wanted | None) -> Wanted:
        try:
            template = self.engine.template(asked.body)
        except TemplateError as error:
            raise invalid(f"Template format error: {error.text}") from error
        values = parameter_values(asked.parameters, before.given if before else {})
        evaluated = self.engine.evaluated(template, values, asked.name)
        check(evaluated, template, asked.capabilities)
        return Wanted(asked.body, template, values, asked.tags, evaluated)

    def new(self, name: str, status: str, reason: str) -> Stack:
        aws = self.engine.aws
        arn = stack_arn(aws.region, aws.account, name)
        stack = Stack(arn, name, self.engine.clock.now(), None, status)
        self.engine.stacks.append(stack)
        self.engine.turn(stack, status, reason)
        return stack

    def create(self, name: str, wanted: Wanted, *, kept: bool, is_protected: bool) -> Stack:
        with self.engine.lock:
            if self.existing(name):
                raise CloudFormationError(
                    "AlreadyExistsException", f"Stack [{name}] already exists"
                )
            stack = self.new(name, "CREATE_IN_PROGRESS", USER)
            stack.is_kept_on_failure, stack.is_protected = kept, is_protected
            self.begin_create(stack, wanted)
        return stack

    def begin_create(self, stack: Stack, wanted: Wanted) -> None:
        operation = self.operation(stack)
        stack.wanted = wanted
        operation.start(lambda: operation.create(wanted))

    def operation(self, stack: Stack) -> Operation:
        self.operations[stack.id] = Operation(self.engine, stack)
        return self.operations[stack.id]

    def check_updatable(self, stack: Stack) -> None:
        if stack.status not in UPDATABLE:
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")

    def update(self, stack: Stack, wanted: Wanted) -> None:
        with self.engine.lock:
            self.check_updatable(stack)
            check_types(stack, wanted.evaluated)
            comparison = self.compared(stack, wanted)
            if not comparison.changes_anything(comparison.changes()):
                raise invalid("No updates are to be performed.")
            self.begin_update(stack, wanted)

    def begin_update(self, stack: Stack, wanted: Wanted) -> None:
        operation = self.operation(stack)
        stack.updated_at = self.engine.clock.now()
        self.engine.turn(stack, "UPDATE_IN_PROGRESS", USER)
        operation.start(lambda: operation.update(wanted))

    def compared(self, stack: Stack, wanted: Wanted) -> Comparison:
        return Comparison(self.engine, stack, wanted)

    def delete(self, stack: Stack, retained: Collection[str]) -> None:
        with self.engine.lock:
            if stack.status in (ENDED, "DELETE_IN_PROGRESS"):
                return
            if stack.is_protected:
                raise invalid(
                    f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
                )
            if stack.in_progress and stack.status != "CREATE_IN_PROGRESS":
                raise invalid(
                    f"Stack [{stack.id}] cannot be deleted while in status {stack.status}"
                )
            if retained and stack.status != "DELETE_FAILED":
                raise invalid(
                    f"Invalid operation on stack [{stack.id}]. When you delete a stack, specify "
                    "which resources to retain only when the stack is in the DELETE_FAILED state."
                )
            self.begin_delete(stack, retained)

    def begin_delete(self, stack: Stack, retained: Collection[str]) -> None:
        before = self.operations.get(stack.id)
        operation = self.operation(stack)
        if before:
            before.cancel(for_deletion=True)
        self.engine.turn(stack, "DELETE_IN_PROGRESS", USER)

        def work() -> None:
            if before:
                before.join()
            operation.delete(retained)

        operation.start(work)

    def cancel_update(self, stack: Stack) -> None:
        if stack.status != "UPDATE_IN_PROGRESS":
            raise invalid("CancelUpdateStack cannot be called from current stack status")
        self.operations[stack.id].cancel()

    def continue_rollback(self, stack: Stack, skipped: Collection[str]) -> None:
        with self.engine.lock:
            if stack.status != "UPDATE_ROLLBACK_FAILED":
                raise invalid(
                    f"Stack:{stack.id} is in {stack.status} state and can not continue rollback."
                )
            operation = self.operation(stack)
            self.engine.turn(stack, "UPDATE_ROLLBACK_IN_PROGRESS", USER)
            operation.start(lambda: operation.roll_back(skipped))

    def create_change_set(
        self, name: str, stack_name: str, type_name: str, wanted: Wanted, description: str | None
    ) -> ChangeSet:
        with self.engine.lock:
            stack = self.reviewed(name, stack_name, type_name)
            if any(each.name == name for each in self.change_sets if each.stack is stack):
                raise CloudFormationError(
                    "AlreadyExistsException", f"ChangeSet {name} already exists"
                )
            check_types(stack, wanted.evaluated)
            aws = self.engine.aws
            arn = change_set_arn(aws.region, aws.account, name)
            made = ChangeSet(
                arn, name, stack, type_name, wanted, self.engine.clock.now(), description
            )
            self.fill(made)
            self.change_sets.append(made)
        return made

    def reviewed(self, name: str, stack_name: str, type_name: str) -> Stack:
        """The stack that a change set is for, which may be made for it."""
        stack = self.existing(stack_name)
        if type_name == "UPDATE":
            if stack is None:
                raise invalid(f"Stack [{stack_name}] does not exist")
            self.check_updatable(stack)
            return stack
        if stack is None:
            return self.new(stack_name, REVIEWED, USER)
        if stack.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED") or stack.in_progress:
            self.check_updatable(stack)
        if stack.status != REVIEWED:
            raise invalid(
                f"Stack [{stack_name}] already exists and cannot be created again with the "
                f"changeSet [{name}]."
            )
        return stack

    def fill(self, made: ChangeSet) -> None:
        comparison = self.compared(made.stack, made.wanted)
        try:
            made.changes = comparison.changes()
            if comparison.changes_anything(made.changes):
                return
            made.status_reason = NO_CHANGES
        except UnresolvedError as error:
            made.status_reason = str(error)
        made.status, made.execution_status = "FAILED", "UNAVAILABLE"

    def find_change_set(self, name: str, stack_name: str | None) -> ChangeSet:
        for each in reversed(self.change_sets):
            of_stack = stack_name in (None, each.stack.id, each.stack.name)
            if each.id == name or (each.name == name and of_stack):
                return each
        raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")

    def execute(self, change_set: ChangeSet, *, kept: bool) -> None:
        with self.engine.lock:
            stack = change_set.stack
            if change_set.execution_status != "AVAILABLE":
                status = (
                    change_set.status
                    if change_set.status == "FAILED"
                    else change_set.execution_status
                )
                raise CloudFormationError(
                    "InvalidChangeSetStatus",
                    f"ChangeSet [{change_set.id}] cannot be executed in its current status of "
                    f"[{status}]",
                )
            if change_set.type == "UPDATE":
                self.check_updatable(stack)
            for each in self.change_sets:
                if each.stack is stack and each.execution_status == "AVAILABLE":
                    each.execution_status = "OBSOLETE"
            change_set.execution_status = "EXECUTE_COMPLETE"
            stack.is_kept_on_failure = kept
            if change_set.type == "CREATE":
                self.engine.turn(stack, "CREATE_IN_PROGRESS", USER)
                self.begin_create(stack, change_set.wanted)
            else:
                self.begin_update(stack, change_set.wanted)

    def close(self) -> None:
        """Ends what runs."""
        for operation in self.operations.values():
            operation.cancel(for_deletion=True)
        for operation in self.operations.values():
            operation.join()
