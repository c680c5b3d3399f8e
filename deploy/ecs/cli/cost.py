import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.configuration import PRESETS
from deploy.ecs.configuration.model import Deployment
from deploy.ecs.cost.estimate import of_deployment
from deploy.ecs.cost.text import compare, show
from deploy.ecs.stacks import Parts


@click.command()
@deployment_options
@click.option(
    "--free-tier",
    is_flag=True,
    help="Less what accounts made before 15 July 2025 have free in their first twelve months.",
)
@click.option("--compare", "presets", is_flag=True, help="The presets side by side.")
def cost(options: Options, free_tier: bool, presets: bool) -> None:
    """What the deployment costs a month.

    And what of it surprises people. From its templates and a dated table of prices, for what is
    paid by time; asks nobody.

    \b
    Examples:
      python -m deploy.ecs cost
      python -m deploy.ecs cost --compare
      python -m deploy.ecs cost --free-tier --format json
    """
    if not presets:
        found = of_deployment(options.parts, free_tier=free_tier)
        options.answer(found.members(), lambda out: show(out, found))
        return
    each = {
        name: of_deployment(Parts(_as(options.deployment, name)), free_tier=free_tier)
        for name in PRESETS
    }
    told = {name: one.members() for name, one in each.items()}
    options.answer(told, lambda out: compare(out, each))


def _as(deployment: Deployment, preset: str) -> Deployment:
    """The same, but for what a preset decides; the smallest has its catalog on PostgreSQL."""
    changes = {**PRESETS[preset], "preset": preset}
    given = deployment.model_dump(exclude_unset=False) | changes
    if preset == "free-tier":
        given["services"] = {
            name: each | {"database": "postgresql"} for name, each in given["services"].items()
        }
    return Deployment.model_validate(given)
