"""The services back on an image that ran before, and nothing else changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deploy.ecs.aws import AWS
from deploy.ecs.cloudformation.stack import CloudFormationStack
from deploy.ecs.deployed import Deployed
from deploy.ecs.errors import DeploymentError
from deploy.ecs.image import Images, shortened
from deploy.ecs.logs.stream import CONTAINER
from deploy.ecs.stacks import Part
from deploy.ecs.up import Up

WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
DEFINITION = "TaskDefinition"
STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Return:
    service: str
    present: str
    former: str


@dataclass
class Rollback:
    up: Up
    deployed: Deployed
    images: Images = field(init=False)

    def __post_init__(self) -> None:
        registry = self.deployed.of("registry")
        self.images = Images.of(self.up.aws, registry)
        self.up.outputs |= {name: dict(each) for name, each in self.deployed.outputs.items()}

    def returns(self, services: Sequence[str], to: str | None = None) -> list[Return]:
        """Of those of `services` that have where to go. Raises DeploymentError where none has."""
        target = self.images.named(to) if to else None
        found = [each for name in services if (each := self.of_service(name, target))]
        if not found:
            names = " and ".join(services)
            raise DeploymentError(
                f"{names} ran no other image before, so that there is nothing to go back to."
                if target is None
                else f"{names} run that image already.",
                "Name one that is in the registry: --to IMAGE.",
            )
        return found

    def of_service(self, name: str, target: str | None) -> Return | None:
        present = self.up.stack(name).parameters().get("Image")
        if present is None:
            raise DeploymentError(
                f"{name} is not deployed, so that it has no version before.",
                "Deploy it: python -m deploy.ecs up",
            )
        former = target or next(
            (each for each in images_of(self.up.aws, self.up.stack(name)) if each != present), None
        )
        if former is None or former == present:
            return None
        # The registry keeps the newest only.
        return Return(name, present, self.images.named(former))

    def run(self, returns: Sequence[Return]) -> str:
        """The shop's URL, having answered. Raises DeploymentError."""
        for each in returns:
            self.up.roll_out(self.part(each))
        return self.up.answer()

    def part(self, wanted: Return) -> Part:
        """With all its other parameters as they are, whatever deployment.toml says by now."""
        parameters = self.up.stack(wanted.service).parameters()
        # Where auto scaling has changed the number of tasks, it is not to be put back.
        scales = parameters.get("MinTasks") != parameters.get("MaxTasks")
        count = {"DesiredCount": "keep"} if scales else {}
        return Part(wanted.service, None, parameters | count | {"Image": wanted.former})

    def named(self, image: str) -> str:
        return shortened(image, self.images.tags(image))


def images_of(aws: AWS, stack: CloudFormationStack) -> Iterator[str]:
    """Those with which a service came to rest well, the newest first.

    One whose deployment failed has a revision too, and is none to go back to.
    """
    for revision in revisions(stack):
        described = aws.client("ecs").describe_task_definition(taskDefinition=revision)
        containers = described["taskDefinition"]["containerDefinitions"]
        yield from (str(each["image"]) for each in containers if each["name"] == CONTAINER)


def revisions(stack: CloudFormationStack) -> Iterator[str]:
    outcome, known = "", set()
    for event in stack.history():
        if event.type == STACK and event.logical_id == stack.name:
            outcome = event.status
        elif (
            event.logical_id == DEFINITION
            and event.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
            and outcome in WELL
            and event.physical_id not in known
        ):
            known.add(event.physical_id)
            yield event.physical_id
