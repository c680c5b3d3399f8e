import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.cli.passed_on import PassesOn
from deploy.ecs.services.execution import SHELL, Execution


@click.command(name="exec", cls=PassesOn, of_passed_on="[-- COMMAND...]")
@deployment_options
@click.argument("service")
@click.option("--task", metavar="ID", help="Which of its tasks; by default the newest.")
def execute(options: Options, service: str, task: str | None, passed_on: tuple[str, ...]) -> None:
    """Opens a shell, or a command, in a task of a service.

    It is root there. Needs exec = true in deployment.toml and Session Manager's plugin here.

    \b
    Examples:
      python -m deploy.ecs exec accounts
      python -m deploy.ecs exec accounts -- python manage.py shell
    """
    name = options.service(service)
    execution = Execution(options.aws, options.clock, options.deployed, name)
    execution.run(passed_on or SHELL, task)
