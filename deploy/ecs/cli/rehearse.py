import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.configuration import PRESETS, Deployment, read
from deploy.ecs.configuration.text import deployment_text
from deploy.ecs.preview import Preview
from deploy.ecs.rehearsal.report import Report
from deploy.ecs.stacks import Parts

if TYPE_CHECKING:
    from deploy.ecs.rehearsal.rehearsal import Rehearsal

INTERRUPTED = 130
REGION = "eu-central-1"
KEPT = """
The shop is at {url}/ until Ctrl-C. Links that it writes name the load balancer: put that
address in its place. The commands work on it in another terminal, with

  unset AWS_PROFILE
{variables}

Nothing is built there: up takes --image {image}, a second revision.
"""


@click.command()
@deployment_options
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    help="Rehearse it as init would write it, instead of the file.",
)
@click.option("--keep", is_flag=True, help="Leave the shop running, to click around in it.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Of the load balancer; by default one that is free.",
)
def rehearse(options: Options, preset: str | None, keep: bool, port: int) -> None:
    """Rehearses the deployment on this machine, without an account.

    The same code as `up` deploys to a stand-in for AWS, which starts the services as processes.
    Then people sign up, sell, buy and leave; a second revision is deployed while others go on; and
    all of it is taken down. What is real and what is not: docs/rehearsal.md

    \b
    Examples:
      python -m deploy.ecs rehearse
      python -m deploy.ecs rehearse --preset fargate
      python -m deploy.ecs rehearse --keep --port 8080
    """
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)  # moto demands that it exists
    # moto and all of AWS's descriptions are loaded here only.
    from deploy.ecs.rehearsal.rehearsal import Rehearsal, new_image

    deployment = options.deployment if preset is None else of_preset(preset)
    # Also of what is left out here, such as the domain.
    Preview(Parts(deployment)).check()
    with interruptible(), Rehearsal(deployment, options.progress, port=port) as rehearsal:
        rehearsal.build()
        url = rehearsal.up(new_image)
        rehearsal.trade(url)
        if keep:
            stay(options, rehearsal)
            return
        load = rehearsal.update_under_load(url)
        rehearsal.down()
        report = Report.of(rehearsal.timeline, rehearsal.clock, load)
        options.answer(report.as_json(), report.show)
        report.check()


def of_preset(preset: str) -> Deployment:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "deployment.toml")
        path.write_text(deployment_text(preset=preset, region=REGION))
        return read(path)


@contextmanager
def interruptible() -> Iterator[None]:
    """Whatever ends it, nothing is left: SIGTERM and a closed terminal are as Ctrl-C."""
    ends = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    before = {each: signal.signal(each, signal.default_int_handler) for each in ends}
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nInterrupted. Nothing of the rehearsal is left.", err=True)
        sys.exit(INTERRUPTED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stay(options: Options, rehearsal: "Rehearsal") -> None:
    """Until it is interrupted."""
    url, image = rehearsal.local_url, rehearsal.second_image()
    variables = rehearsal.variables()
    exports = "\n".join(f"  export {name}={value}" for name, value in variables.items())
    text = KEPT.format(url=url, variables=exports, image=image)
    told = {"url": url, "variables": variables, "image": image}
    options.answer(told, lambda out: out.print(text, markup=False))
    with suppress(KeyboardInterrupt):
        while True:
            signal.pause()
