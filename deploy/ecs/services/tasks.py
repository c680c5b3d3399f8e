"""What is run once for a service: its bootstrap, migrations, rotations, commands of manage.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.deployed import Deployed
from deploy.ecs.secrets import BOOTSTRAPPED, MIGRATED, ServiceSecrets
from deploy.ecs.services.causes import Evidence, first_cause
from deploy.ecs.services.one_off import OneOffTask
from deploy.ecs.services.stopped import StoppedTask

Say = Callable[[str], None]


@dataclass(frozen=True)
class ServiceTasks:
    aws: AWS
    clock: Clock
    deployed: Deployed
    service: str
    say: Say

    @property
    def secrets(self) -> ServiceSecrets:
        return ServiceSecrets(self.aws, self.deployed.parts, self.service)

    def bootstrap(self, place: str) -> None:
        """`place` tells the database from others, for the mark. Raises DeploymentError."""
        self.task("bootstrap").succeed()
        self.forget_migration()  # it may be another database
        self.secrets.set_mark(BOOTSTRAPPED, place)

    def migrate(self, options: Sequence[str] = ()) -> None:
        """Raises DeploymentError. With options, which may go back to an earlier migration or none,
        `up` does not take for granted that all is migrated."""
        task, image = self.task("migration"), self.image
        self.forget_migration()
        task.succeed(["migrate", *options] if options else ())
        if not options:
            self.secrets.set_mark(MIGRATED, image)

    def forget_migration(self) -> None:
        """So that `up` migrates again."""
        self.secrets.set_mark(MIGRATED, "")

    def rotate_keys(self, *, force: bool) -> None:
        """Raises DeploymentError."""
        command = ["manage", "rotate_signing_key", "--force"] if force else []
        self.task("keys").succeed(command)

    def manage(self, command: Sequence[str], show: Say) -> StoppedTask:
        """As the service itself, with its rights; `show` gets what it prints.

        Raises DeploymentError where it never starts.
        """
        definition = self.deployed.of(self.service)["TaskDefinition"]
        what = f"manage {command[0]} of {self.service}"
        task = self.one_off(self.service, what, definition, self.service, show)
        ended = task.run(["manage", *command])
        if ended.exit_code is None:
            raise first_cause(Evidence(what, stopped=[ended]))
        return ended

    def check_peers(self) -> None:
        """That it reaches those it calls, from where it calls them. Raises DeploymentError."""
        definition = self.deployed.of(self.service)["TaskDefinition"]
        what = f"the service {self.service}"
        task = self.one_off(self.service, what, definition, self.service, self.say)
        task.succeed(["manage", "check_peers", "--patience=30"])

    @property
    def image(self) -> str:
        """Which one migrates."""
        definition = self.deployed.of(f"{self.service}-tasks")["MigrationTaskDefinition"]
        described = self.aws.client("ecs").describe_task_definition(taskDefinition=definition)
        return str(described["taskDefinition"]["containerDefinitions"][0]["image"])

    def task(self, kind: str) -> OneOffTask:
        part = f"{self.service}-tasks"
        output, prefix, what = KINDS[kind]
        definition = self.deployed.of(part)[output]
        prefix = f"{self.service}/{prefix}"
        return self.one_off(part, f"the {what} of {self.service}", definition, prefix, self.say)

    def one_off(self, part: str, what: str, definition: str, prefix: str, show: Say) -> OneOffTask:
        place = self.deployed.place(part)
        return OneOffTask(self.aws, self.clock, place, what, definition, prefix, self.say, show)


# The output with its task definition, the prefix of its log, and what a person calls it.
KINDS = {
    "bootstrap": ("BootstrapTaskDefinition", "bootstrap", "bootstrap"),
    "migration": ("MigrationTaskDefinition", "migrate", "migration"),
    "keys": ("KeysTaskDefinition", "keys", "rotation of the keys"),
}
