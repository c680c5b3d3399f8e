"""What `up` would do, without doing it.

Of a stack that is there CloudFormation itself is asked, by a change set that is deleted again; of
one that is not, the evaluator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import (
    COMPLETE,
    REPLACEABLE,
    Change,
    CloudFormationStack,
    stack_names,
)
from deploy.ecs.cloudformation.state import MEANINGS
from deploy.ecs.errors import DeploymentError
from deploy.ecs.evaluator import Stack
from deploy.ecs.evaluator.symbols import Parameter, Symbol, Value
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.image import ROOT, Images, commit
from deploy.ecs.plan.losses import LOSSES, ROUTINE
from deploy.ecs.preview import Preview
from deploy.ecs.progress import silent
from deploy.ecs.secrets import ServiceSecrets
from deploy.ecs.stacks import Part, Parts, Secrets
from deploy.ecs.up import Up


@dataclass(frozen=True)
class PlannedChange:
    action: str  # create, change, replace, may replace, remove
    logical_id: str
    type: str
    physical_id: str = ""
    properties: tuple[str, ...] = ()

    @classmethod
    def of(cls, change: Change) -> "PlannedChange":
        by_replacement = {"True": "replace", "Conditional": "may replace"}
        modified = by_replacement.get(change.replacement, "change")
        action = {"Add": "create", "Remove": "remove"}.get(change.action, modified)
        return cls(action, change.logical_id, change.type, change.physical_id, change.properties)

    @property
    def loss(self) -> str:
        """What is gone afterwards, if anything."""
        return LOSSES.get(self.type, "") if self.action not in {"create", "change"} else ""

    @property
    def is_routine(self) -> bool:
        return self.type in ROUTINE


@dataclass(frozen=True)
class PlannedStack:
    part: str
    name: str
    action: str  # create, create again, update, unchanged, wait, mend
    changes: tuple[PlannedChange, ...] = ()
    after: tuple[str, ...] = ()  # parts whose outputs it takes and that are not there yet
    note: str = ""


@dataclass
class PlannedImage:
    reference: Value
    text: str
    is_there: bool
    problem: DeploymentError | None = None  # what `up` would say


@dataclass
class Plan:
    stacks: list[PlannedStack] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    image: PlannedImage | None = None
    tasks: dict[str, list[str]] = field(default_factory=dict)  # one-off, by service
    warnings: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # stacks that nobody wants any more

    @property
    def changes(self) -> bool:
        acts = any(each.action != "unchanged" for each in self.stacks)
        return acts or bool(self.secrets) or any(self.tasks.values())

    @property
    def losses(self) -> list[tuple[PlannedStack, PlannedChange]]:
        return [(stack, each) for stack in self.stacks for each in stack.changes if each.loss]


@dataclass
class Planning:
    aws: AWS
    parts: Parts
    clock: Clock
    outputs: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)  # parts whose outputs will be others

    def plan(self, image: str | None = None) -> Plan:
        """Raises DeploymentError where `up` would be refused."""
        Preview(self.parts, self.aws.account).check()
        plan = Plan(warnings=self.parts.warnings, left=self.left())
        names = list(self.parts.deployment.services)
        plan.stacks += self.planned_all(self.foundations())
        plan.image = self.image(image)
        arns = {name: self.secrets(name) for name in names}
        plan.secrets = [text for name in names for text in self.missing(name)]
        reference = plan.image.reference
        plan.stacks += self.planned_all(
            self.parts.tasks(name, self.outputs, reference, arns[name]) for name in names
        )
        plan.tasks = {name: self.due(name, plan.image, arns[name]) for name in names}
        plan.stacks += self.planned_all(self.services(reference, arns))
        return plan

    def left(self) -> list[str]:
        """`up` does not delete what deployment.toml names no longer."""
        wanted = {self.parts.stack_name(each) for each in self.parts.names}
        there = stack_names(self.aws, self.parts.stack_name(""), self.parts.tags)
        return [name for name in there if name not in wanted]

    def foundations(self) -> Iterator[Part | None]:
        yield self.parts.registry()
        yield self.parts.network()
        yield self.parts.data(self.outputs)
        yield self.parts.cluster(self.outputs)
        yield self.parts.bastion(self.outputs)

    def services(self, image: Value, arns: Mapping[str, Secrets]) -> Iterator[Part]:
        for name in arns:
            exists = self.stack(name).status in COMPLETE
            yield self.parts.service(name, self.outputs, image, arns[name], keep_count=exists)

    def stack(self, part: str) -> CloudFormationStack:
        return CloudFormationStack(self.aws, self.parts.stack_name(part), self.clock)

    # Stacks.

    def planned_all(self, parts: Iterator[Part | None]) -> Iterator[PlannedStack]:
        for part in parts:
            if part is None:
                continue
            planned, self.outputs[part.name] = self.planned(part)
            replaced = [each for each in planned.changes if "replace" in each.action]
            if any(not each.is_routine for each in replaced):
                self.moved.append(part.name)
            yield planned

    def planned(self, part: Part) -> tuple[PlannedStack, Mapping[str, Value]]:
        stack = self.stack(part.name)
        status = stack.status
        if status in COMPLETE:
            return self.updated(part, stack), stack.outputs()
        preview = Preview(self.parts, self.aws.account).evaluated(part)
        outputs = {name: each.value for name, each in preview.outputs.items()}
        if status in {None, "REVIEW_IN_PROGRESS"}:
            return self.created(part, preview, "create"), outputs
        note = MEANINGS.get(str(status), "")
        if status in REPLACEABLE:
            return self.created(part, preview, "create again", note), outputs
        action = "wait" if str(status).endswith("_IN_PROGRESS") else "mend"
        known = stack.outputs()
        return PlannedStack(part.name, stack.name, action, note=note), outputs | known

    def created(self, part: Part, preview: Stack, action: str, note: str = "") -> PlannedStack:
        changes = tuple(
            PlannedChange("create", each.logical_id, each.type)
            for each in preview.resources.values()
            if each.exists is not False
        )
        return PlannedStack(part.name, preview.name, action, changes, self.after(part), note)

    def updated(self, part: Part, stack: CloudFormationStack) -> PlannedStack:
        present = stack.parameters()
        parameters: dict[str, str] = {}
        for name, value in part.parameters.items():
            known = present.get(name, "") if isinstance(value, Symbol) else value
            parameters[name] = str(known)
        changes = stack.propose(part.template, parameters, self.parts.tags)
        if changes is not None:
            changes.discard()
        found = tuple(map(PlannedChange.of, changes.changes)) if changes else ()
        after, moved = self.after(part), ", ".join(self.moved)
        note = f"More may change once this is done: {moved}." if moved and found else ""
        action = "update" if found or after else "unchanged"
        return PlannedStack(part.name, stack.name, action, found, after, note)

    def after(self, part: Part) -> tuple[str, ...]:
        """The stacks that have to be there before its parameters are known."""
        prefix = self.parts.stack_name("")
        symbols = (each for value in part.parameters.values() for each in symbols_in(value))
        stacks = [str(getattr(each, "stack", "")).removeprefix(prefix) for each in symbols]
        return tuple(dict.fromkeys(filter(None, stacks)))

    # The image, secrets and tasks.

    def image(self, wanted: str | None) -> PlannedImage:
        registry = self.outputs["registry"]
        uri, unknown = registry["RepositoryUri"], Parameter("Image", "image")
        is_there = isinstance(uri, str)
        images = Images(self.aws, str(registry["RepositoryName"]), str(uri))
        if wanted and not is_there:
            raise DeploymentError(
                f"There is no registry yet, so that {wanted} is in none.",
                "Leave --image out, or deploy and push first.",
                fault="I01",
            )
        if wanted:
            reference = images.named(wanted)
            return PlannedImage(reference, f"{wanted}, which is in the registry", is_there=True)
        try:
            tag = commit(ROOT)
        except DeploymentError as error:
            return PlannedImage(unknown, "that of this checkout", is_there=False, problem=error)
        found = images.digest(tag) if is_there else None
        if found:
            return PlannedImage(f"{uri}@{found}", f"{tag}, pushed before", is_there=True)
        built = f"{tag}, to be built from this checkout and pushed"
        return PlannedImage(f"{uri}:{tag}" if is_there else unknown, built, is_there=False)

    def secrets(self, name: str) -> Secrets:
        service = self.parts.deployment.services[name]
        existing = self.parts.existing(service.database)
        master: Value | None = Parameter("Master", "data")
        if existing:
            master = existing.master_secret or None
        elif not self.depends_on_data(service.database):
            master = self.up.master(name)
        return ServiceSecrets(self.aws, self.parts, name).found(master)

    def depends_on_data(self, kind: str) -> bool:
        """Whether the database is still to be made."""
        output = {"postgresql": "PostgreSQLHost", "documentdb": "DocumentDBHost"}[kind]
        return not isinstance(self.outputs["data"].get(output), str)

    def missing(self, name: str) -> Iterator[str]:
        secrets = ServiceSecrets(self.aws, self.parts, name)
        is_documentdb = self.parts.deployment.services[name].database == "documentdb"
        for key, each in secrets.names.items():
            if not secrets.exists(each) and not (key == "owner" and is_documentdb):
                yield each

    @property
    def up(self) -> Up:
        outputs = {name: dict(each) for name, each in self.outputs.items()}
        return Up(self.aws, self.parts, self.clock, silent(), outputs=outputs)

    def due(self, name: str, image: PlannedImage, arns: Secrets) -> list[str]:
        return self.up.due(name, str(image.reference), arns)
