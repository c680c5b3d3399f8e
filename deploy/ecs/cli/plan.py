from dataclasses import asdict
from typing import Any

import click
from rich.console import Console

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.cost.estimate import of_deployment
from deploy.ecs.plan.picture import Picture
from deploy.ecs.plan.plan import Plan, Planning
from deploy.ecs.plan.text import show
from deploy.ecs.preview import Preview


@click.command()
@deployment_options
@click.option("--image", metavar="DIGEST", help="As up would be given it.")
def plan(options: Options, image: str | None) -> None:
    """What up would do, and what would be lost by it.

    CloudFormation is asked by change sets, which are deleted again. Ends with exit code 0 whether
    there are changes or not; with --format json "changes" tells.

    \b
    Examples:
      python -m deploy.ecs plan
      python -m deploy.ecs plan --environment staging --format json
    """
    planning = Planning(options.aws, options.parts, options.clock)
    with options.progress.step("plan"):
        found = planning.plan(image)
    picture = Picture(Preview(options.parts, options.aws.account).stacks()).lines()
    cost = of_deployment(options.parts)
    members_of_cost = {"month": cost.month, "currency": "USD", "surprises": cost.surprises}

    def text(out: Console) -> None:
        show(out, found, picture)
        out.print(f"About {cost.month:.0f} USD a month; of what: python -m deploy.ecs cost")

    options.answer(members(found, picture) | {"cost": members_of_cost}, text)


def members(found: Plan, picture: list[str]) -> dict[str, Any]:
    stacks = [
        asdict(stack) | {"changes": [asdict(each) | {"lost": each.loss} for each in stack.changes]}
        for stack in found.stacks
    ]
    image = found.image
    return {
        "changes": found.changes,
        "stacks": stacks,
        "losses": [
            {"part": stack.part, "logical_id": each.logical_id, "lost": each.loss}
            for stack, each in found.losses
        ],
        "image": {
            "reference": image.reference if isinstance(image.reference, str) else None,
            "text": image.text,
            "is_there": image.is_there,
            "problem": asdict(image.problem) if image.problem else None,
        }
        if image
        else None,
        "secrets": found.secrets,
        "tasks": found.tasks,
        "warnings": found.warnings,
        "left": found.left,
        "picture": picture,
    }
