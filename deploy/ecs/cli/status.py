import sys
from dataclasses import asdict
from typing import Any

import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.status.status import Asking, Status
from deploy.ecs.status.text import show


@click.command()
@deployment_options
def status(options: Options) -> None:
    """What is there, how it is, and what is wrong with it.

    Of what is wrong it says cause and cure. It only asks, also while an up is at work elsewhere.
    Ends with exit code 1 when something is wrong.

    \b
    Examples:
      python -m deploy.ecs status
      python -m deploy.ecs status --format json
    """
    found = Asking(options.aws, options.parts, options.clock).status()
    if not found.is_there:
        nothing = f"Nothing is deployed of {options.deployment.project} in "
        nothing += f"{options.deployment.environment} ({options.deployment.region})."
        options.answer(members(found), lambda out: out.print(nothing))
        return
    options.answer(members(found), lambda out: show(out, found))
    if found.problems:
        sys.exit(1)


def members(found: Status) -> dict[str, Any]:
    stacks = [asdict(each) | {"meaning": each.meaning} for each in found.stacks]
    return (
        {
            "deployed": found.is_there,
            "busy": found.is_busy,
            "well": not found.problems,
        }
        | asdict(found)
        | {"stacks": stacks}
    )
