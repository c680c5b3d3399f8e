from collections.abc import Mapping
from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape

from deploy.ecs.cli.asking import confirm_by_name
from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.down.doomed import Doomed
from deploy.ecs.down.down import Down, Remains
from deploy.ecs.down.leftovers import Snapshot
from deploy.ecs.secrets import RECOVERY_DAYS


@click.command()
@deployment_options
@click.option(
    "--keep-data", is_flag=True, help="Leave databases, network, secrets and images; they cost on."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def down(options: Options, keep_data: bool, yes: bool) -> None:
    """Deletes the deployment, and says before what that is.

    Of the databases a final snapshot is kept. It can be interrupted and given again.

    \b
    Examples:
      python -m deploy.ecs down --environment staging
      python -m deploy.ecs down --keep-data
    """
    deleting = Down(options.aws, options.parts, options.clock, options.progress, keep_data)
    there = deleting.there()
    environment = options.deployment.environment
    console = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)
    data = Doomed(deleting).data()
    if not there and not data:
        nothing = f"Nothing is deployed of {options.deployment.project} in {environment}."
        options.answer({"deleted": []}, lambda out: out.print(nothing))
        return
    announce(console, options, there, data)
    confirm_by_name(f"Type {environment} to delete this", environment, yes=yes)
    remains = deleting.run()
    options.answer(
        {
            "deleted": remains.deleted,
            "secrets": remains.secrets,
            "log_groups": remains.log_groups,
            "snapshots": [asdict(each) | {"price": each.price} for each in remains.snapshots],
        },
        lambda out: report(out, options, remains, keep_data=keep_data),
    )


def announce(console: Console, options: Options, there: Mapping[str, str], data: list[str]) -> None:
    wanted = options.deployment
    console.print(f"[bold red]To be deleted[/] in account {options.aws.account}, {wanted.region}:")
    for name, status in there.items():
        console.print(f"  the stack {options.parts.stack_name(name)} [dim]{status}[/]")
    if data:
        console.print("[bold red]and these data:[/]")
    for each in data:
        console.print(f"  {escape(each)}")


def report(out: Console, options: Options, remains: Remains, *, keep_data: bool) -> None:
    if keep_data:
        out.print("Databases, network, secrets and images are kept, and cost on. Up again: up")
        return
    out.print("Nothing is left that costs money, but what is named here.")
    for each in remains.snapshots:
        out.print(f"  Snapshot {each.name} ({each.kind}): {each.price}. {restoring(each)}")
    if remains.secrets:
        out.print(
            f"  {len(remains.secrets)} secrets can be restored for {RECOVERY_DAYS} days, at no "
            "price; another up does it by itself."
        )
    if options.deployment.hosted_zone:
        out.print(
            "  The record by which the certificate was validated stays in the hosted zone, at no "
            "price."
        )


def restoring(snapshot: Snapshot) -> str:
    if snapshot.kind == "PostgreSQL":
        command, name = "rds restore-db-instance-from-db-snapshot", "db-snapshot-identifier"
    else:
        command, name = "docdb restore-db-cluster-from-snapshot", "snapshot-identifier"
    return (
        f"Restore it with aws {command} --{name} {snapshot.name}, and name the result under "
        f"{snapshot.kind.lower()}.existing in deployment.toml. Delete it when it is not needed."
    )
