"""Creating, updating and deleting a stack, and rolling it back."""

import threading
from collections.abc import Callable, Collection
from typing import cast

from deploy.ecs.rehearsal.cloud.cloudformation.actions import Actions, needs_replacement
from deploy.ecs.rehearsal.cloud.cloudformation.engine import Engine
from deploy.ecs.rehearsal.cloud.cloudformation.failures import ActionError
from deploy.ecs.rehearsal.cloud.cloudformation.parallel import reverse, run
from deploy.ecs.rehearsal.cloud.cloudformation.physical import UnresolvedError
from deploy.ecs.rehearsal.cloud.cloudformation.replacement import changed
from deploy.ecs.rehearsal.cloud.cloudformation.stack import Former, Made, Stack, Wanted

LEFT = "Update successful. One or more resources could not be deleted."


class Operation:
    """One of them at a time for each stack, in a thread."""

    def __init__(self, engine: Engine, stack: Stack) -> None:
        self.engine = engine
        self.stack = stack
        self.stopped = threading.Event()
        self.is_cancelled = False
        self.is_abandoned = False  # for a deletion: nothing is to be rolled back
        self.failures: dict[str, str] = {}  # what could not be created or updated
        self.thread: threading.Thread | None = None

    def start(self, work: Callable[[], None]) -> None:
        name = f"stack {self.stack.name}"
        self.thread = threading.Thread(target=work, name=name, daemon=True)
        self.thread.start()

    def join(self) -> None:
        if self.thread:
            self.thread.join()

    def cancel(self, *, for_deletion: bool = False) -> None:
        self.is_cancelled, self.is_abandoned = True, for_deletion
        self.stopped.set()

    def create(self, wanted: Wanted) -> None:
        stack = self.stack
        stack.wanted = wanted
        if self.converge(wanted):
            self.engine.turn(stack, "CREATE_COMPLETE")
        elif self.is_abandoned:
            return
        elif stack.is_kept_on_failure:
            self.engine.turn(stack, "CREATE_FAILED", self.failed())
        else:
            why = f"{self.failed()} Rollback requested by user."
            self.engine.turn(stack, "ROLLBACK_IN_PROGRESS", why)
            left = self.delete_all(())
            self.engine.turn(stack, *ended(left, "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"))

    def update(self, wanted: Wanted) -> None:
        stack = self.stack
        former = stack.former = Former(cast(Wanted, stack.wanted), dict(stack.made))
        stack.wanted = wanted
        if not self.converge(wanted):
            if stack.is_kept_on_failure:
                self.engine.turn(stack, "UPDATE_FAILED", self.failed())
            else:
                why = "User Initiated" if self.is_cancelled else self.failed()
                stack.leftover = []  # what was replaced is needed again
                self.engine.turn(stack, "UPDATE_ROLLBACK_IN_PROGRESS", why)
                self.roll_back(())
            return
        stack.leftover += [
            (name, stack.made.pop(name))
            for name in former.made
            if name not in wanted.evaluated.resources and name in stack.made
        ]
        self.engine.turn(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        left = self.clean_up(former.wanted)
        stack.former = None
        self.engine.turn(stack, "UPDATE_COMPLETE", LEFT if left else "")

    def roll_back(self, skipped: Collection[str]) -> None:
        """To what was before the update; also when it is continued."""
        stack = self.stack
        former = cast(Former, stack.former)
        actions = Actions(self.engine, stack, threading.Event())

        def act(name: str) -> None:
            before, now = former.made[name], stack.made.get(name)
            if now is None or now is before:
                return
            if now.physical_id == before.physical_id and name not in skipped:
                actions.update(now, before.resource)
            elif now.physical_id != before.physical_id:
                stack.leftover.append((name, now))
                self.engine.record(stack, before.whose, "UPDATE_COMPLETE")
            stack.made[name] = before

        needs = {name: former.wanted.needs.get(name, set()) for name in former.made}
        left = run(needs, act)
        if left:
            why = f"The following resource(s) failed to update: [{', '.join(left)}]."
            self.engine.turn(stack, "UPDATE_ROLLBACK_FAILED", why)
            return
        added = [name for name in stack.made if name not in former.made]
        stack.leftover += [(name, stack.made.pop(name)) for name in added]
        self.engine.turn(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self.clean_up(cast(Wanted, stack.wanted))
        stack.wanted, stack.former = former.wanted, None
        self.engine.turn(stack, "UPDATE_ROLLBACK_COMPLETE")

    def delete(self, retained: Collection[str]) -> None:
        left = self.delete_all(retained)
        self.engine.turn(self.stack, *ended(left, "DELETE_COMPLETE", "DELETE_FAILED"))

    def converge(self, wanted: Wanted) -> bool:
        """Whether everything became what it is to be."""
        failed = run(wanted.needs, lambda name: self.bring(wanted, name), self.stopped)
        if failed or self.stopped.is_set():
            return False
        try:
            physical = self.engine.physical(self.stack)
            parameters = wanted.evaluated.parameters.items()
            self.stack.parameters = {name: physical.value(each) for name, each in parameters}
            outputs = wanted.evaluated.outputs.items()
            self.stack.outputs = {name: physical.output(each) for name, each in outputs}
        except UnresolvedError as error:
            self.failures[str(error)] = "output"
            return False
        return True

    def bring(self, wanted: Wanted, name: str) -> None:
        actions = Actions(self.engine, self.stack, self.stopped)
        before = self.stack.made.get(name)
        verb = "create"
        try:
            resource = self.engine.physical(self.stack).resource(wanted.evaluated.resources[name])
            if before is None:
                made = actions.create(resource)
            elif needs_replacement(before, resource):
                made = actions.replace(before, resource)
                self.stack.leftover.append((name, before))
            elif changed(before.properties, resource.properties):
                verb = "update"
                made = actions.update(before, resource)
            else:
                made = Made(resource, before.given, before.physical_id, before.attributes)
                if before.resource.attributes == resource.attributes:
                    made = before
        except (ActionError, UnresolvedError) as error:
            self.failures[name] = verb
            raise ActionError(str(error)) from error
        self.stack.made[name] = made

    def failed(self) -> str:
        told = []
        for verb in ("create", "update"):
            names = [name for name, done in self.failures.items() if done == verb]
            if names:
                told.append(f"The following resource(s) failed to {verb}: [{', '.join(names)}].")
        told += [name for name, done in self.failures.items() if done == "output"]
        return " ".join(told)

    def clean_up(self, wanted: Wanted) -> list[str]:
        """What is no longer needed, in the order in which `wanted` had it."""
        actions = Actions(self.engine, self.stack, threading.Event())
        leftover = {
            f"{name} {made.physical_id}": (name, made) for name, made in self.stack.leftover
        }
        self.stack.leftover = []
        needs = {
            key: {other for other, (it, _) in leftover.items() if it in wanted.needs.get(name, ())}
            for key, (name, _) in leftover.items()
        }

        def act(key: str) -> None:
            name, made = leftover[key]
            replaced = name in self.stack.made
            actions.delete(made, "UpdateReplacePolicy" if replaced else "DeletionPolicy")
            if not replaced:
                self.stack.states.pop(name, None)

        return run(reverse(needs), act)

    def delete_all(self, retained: Collection[str]) -> list[str]:
        stack = self.stack
        actions = Actions(self.engine, stack, threading.Event())

        def act(name: str) -> None:
            made = stack.made[name]
            if name in retained:
                self.engine.record(stack, made.whose, "DELETE_SKIPPED")
            else:
                actions.delete(made)
            del stack.made[name]

        wanted = stack.wanted.needs if stack.wanted else {}
        needs = {name: wanted.get(name, set()) & stack.made.keys() for name in stack.made}
        return run(reverse(needs), act)


def ended(left: list[str], well: str, badly: str) -> tuple[str, str]:
    if left:
        return badly, f"The following resource(s) failed to delete: [{', '.join(left)}]. "
    return well, ""
