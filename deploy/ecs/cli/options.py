"""What all commands are told: which deployment, whose credentials, which form of answer."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from deploy.ecs.aws import AWS, connect
from deploy.ecs.clock import Clock
from deploy.ecs.configuration import Deployment, read
from deploy.ecs.deployed import Deployed
from deploy.ecs.progress import Progress
from deploy.ecs.stacks import Parts


@dataclass
class Options:
    file: Path
    environment: str | None
    profile: str | None
    format: str

    @cached_property
    def deployment(self) -> Deployment:
        return read(self.file, self.environment)

    @cached_property
    def parts(self) -> Parts:
        return Parts(self.deployment)

    @cached_property
    def aws(self) -> AWS:
        return connect(self.deployment.region, self.profile, self.deployment.account)

    @cached_property
    def deployed(self) -> Deployed:
        return Deployed.find(self.aws, self.parts)

    @cached_property
    def clock(self) -> Clock:
        """A rehearsal's in its second terminal."""
        told = os.environ.get("REHEARSAL_CLOCK")
        return Clock.of(told) if told else Clock()

    @cached_property
    def progress(self) -> Progress:
        return Progress()

    @property
    def is_json(self) -> bool:
        return self.format == "json"

    @cached_property
    def out(self) -> Console:
        return Console(emoji=False, highlight=False, soft_wrap=True)

    def service(self, name: str) -> str:
        """`name`, if there is such a service. Raises click.BadParameter."""
        if name not in self.deployment.services:
            there = ", ".join(self.deployment.services)
            raise click.BadParameter(f"There is no service {name} in {self.file}; it has: {there}.")
        return name

    def answer(self, result: Mapping[str, Any], text: Callable[[Console], None]) -> None:
        """The result of a command, on stdout."""
        if self.is_json:
            click.echo(json.dumps(result, indent=2, default=str))
        else:
            text(self.out)


OPTIONS = (
    click.option(
        "--file",
        type=click.Path(path_type=Path, dir_okay=False),
        default="deployment.toml",
        envvar="DEPLOYMENT_FILE",
        show_default=True,
        help="What is to be deployed.",
    ),
    click.option("--environment", metavar="NAME", help="Which, if the file has several."),
    click.option("--profile", metavar="NAME", help="Of the AWS configuration; else AWS_PROFILE."),
    click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Of what is printed on stdout.",
    ),
)


def deployment_options(command: Callable[..., None]) -> Callable[..., None]:
    """Given to a command as its first argument, an Options."""

    def with_options(
        file: Path, environment: str | None, profile: str | None, form: str, **rest: Any
    ) -> None:
        options = Options(file, environment, profile, form)
        click.get_current_context().obj = options
        command(options, **rest)

    wrapped: Callable[..., None] = update_wrapper(with_options, command)
    for option in reversed(OPTIONS):
        wrapped = option(wrapped)
    return wrapped
