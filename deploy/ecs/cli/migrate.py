import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.cli.passed_on import PassesOn
from deploy.ecs.databases import ServiceDatabase
from deploy.ecs.services.tasks import ServiceTasks
from deploy.ecs.tunnel.migrate import migrate as migrate_through


@click.command(cls=PassesOn, of_passed_on="[-- OPTIONS]")
@deployment_options
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--through",
    type=click.Choice(["bastion"]),
    help="Run it on this machine, with this checkout, through the bastion.",
)
def migrate(
    options: Options, services: tuple[str, ...], through: str | None, passed_on: tuple[str, ...]
) -> None:
    """Migrates the databases of the services, or of all.

    It is a task in the cluster, of the image that was deployed last, as the owner of the tables.
    A deployment by up includes it. OPTIONS are those of manage.py migrate.

    \b
    Examples:
      python -m deploy.ecs migrate
      python -m deploy.ecs migrate accounts -- --plan
      python -m deploy.ecs migrate catalog --through bastion
    """
    names = [options.service(each) for each in services or options.deployment.services]
    for name in names:
        with options.progress.step(f"{name} migration"):
            if through:
                migrate_here(options, name, passed_on)
            else:
                tasks(options, name).migrate(passed_on)
    options.answer({"migrated": names}, lambda out: out.print(f"Migrated: {', '.join(names)}"))


def migrate_here(options: Options, name: str, passed_on: tuple[str, ...]) -> None:
    """The image that is deployed may have other migrations, so that `up` migrates once more."""
    database = ServiceDatabase(options.aws, options.clock, options.deployed, name)
    say = options.progress.say
    with database.tunnel(say) as tunnel:
        tasks(options, name).forget_migration()
        migrate_through(tunnel, database.migrating, say, passed_on)


def tasks(options: Options, name: str) -> ServiceTasks:
    return ServiceTasks(options.aws, options.clock, options.deployed, name, options.progress.say)
