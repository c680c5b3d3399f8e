from collections.abc import Sequence

import click
from rich.console import Console

from deploy.ecs.cli.asking import confirm
from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.rollback import Return, Rollback
from deploy.ecs.up import Up

MIGRATIONS = (
    "No migration is taken back: each is made so that the version before it still works "
    "(docs/migrations.md)."
)


@click.command()
@deployment_options
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--to", metavar="IMAGE", help="A digest or tag in the registry.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rollback(options: Options, services: tuple[str, ...], to: str | None, yes: bool) -> None:
    """Takes services, or all, back to the image before.

    Only the image changes. The databases stay as they are, also their tables.

    \b
    Examples:
      python -m deploy.ecs rollback
      python -m deploy.ecs rollback catalog --to 0a1b2c3d4e5f
    """
    names = [options.service(each) for each in services] or list(options.deployment.services)
    up = Up(options.aws, options.parts, options.clock, options.progress)
    going = Rollback(up, options.deployed)
    returns = going.returns(names, to)
    describe(going, returns, Console(stderr=True, emoji=False, highlight=False, soft_wrap=True))
    confirm("Go back?", yes=yes)
    url = going.run(returns)
    result = {
        "url": url,
        "services": {each.service: {"from": each.present, "to": each.former} for each in returns},
    }
    options.answer(result, lambda out: out.print(f"The shop is at {url}/"))


def describe(going: Rollback, returns: Sequence[Return], console: Console) -> None:
    for each in returns:
        console.print(
            f"{each.service}: {going.named(each.present)} → {going.named(each.former)}",
            markup=False,
        )
    console.print(MIGRATIONS, markup=False)
