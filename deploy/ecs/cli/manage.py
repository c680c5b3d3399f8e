import sys

import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.cli.passed_on import PassesOn
from deploy.ecs.services.manage import refuse
from deploy.ecs.services.tasks import ServiceTasks


@click.command(cls=PassesOn, of_passed_on="-- COMMAND...")
@deployment_options
@click.argument("service")
def manage(options: Options, service: str, passed_on: tuple[str, ...]) -> None:
    """Runs a command of manage.py, as a task of the service.

    Its output is on stdout, and its exit code is that of this command. What it is told is kept by
    AWS (CloudTrail), and what it prints in the log: neither may be a password.

    \b
    Examples:
      python -m deploy.ecs manage accounts -- create_administrator you@example.com
      python -m deploy.ecs manage accounts -- check --deploy
      python -m deploy.ecs manage catalog -- prune
    """
    name = options.service(service)
    if not passed_on:
        raise click.UsageError("Give the command behind --, such as: -- check --deploy")
    refuse(name, passed_on)
    printed: list[str] = []

    def show(line: str) -> None:
        printed.append(line)
        if not options.is_json:
            click.echo(line)

    tasks = ServiceTasks(options.aws, options.clock, options.deployed, name, options.progress.say)
    ended = tasks.manage(passed_on, show)
    result = {"task": ended.id, "exit_code": ended.exit_code, "output": printed}
    options.answer(result, lambda out: None)
    sys.exit(ended.exit_code)
