import json
import re
from datetime import timedelta

import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.logs.lines import LogLines, TaskLine
from deploy.ecs.logs.text import COLOURS, members, shown

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType["timedelta"]):
    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        if found := re.fullmatch(r"(\d+)([smhd])", str(value)):
            return timedelta(**{UNITS[found[2]]: int(found[1])})
        self.fail(f"{value} is no duration: give a number with s, m, h or d, such as 10m.")


@click.command()
@deployment_options
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--since", type=Duration(), default="10m", show_default=True, help="How far back.")
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl-C.")
@click.option("--grep", metavar="TEXT", help="Only lines with this in them, in any case.")
@click.option("--all", "one_offs", is_flag=True, help="Also of migrations and the like.")
def logs(  # noqa: PLR0913, PLR0917  (its options)
    options: Options,
    services: tuple[str, ...],
    since: timedelta,
    follow: bool,
    grep: str | None,
    one_offs: bool,
) -> None:
    """What the services write, in the order of time.

    With --format json one object for each line.

    \b
    Examples:
      python -m deploy.ecs logs
      python -m deploy.ecs logs accounts --since 2h --grep 4f1c
      python -m deploy.ecs logs --follow --all
    """
    names = [options.service(each) for each in services] or list(options.deployment.services)
    group = options.deployed.of("cluster")["LogGroup"]
    lines = LogLines(options.aws, group, names, one_offs, options.clock)
    start = options.clock.now() - since
    # Ctrl-C is how one stops following, and no failure.
    try:
        for line in lines.following(start) if follow else lines.since(start):
            if grep is None or grep.lower() in line.text.lower():
                write(options, line)
    except KeyboardInterrupt:
        if not follow:
            raise


def write(options: Options, line: TaskLine) -> None:
    if options.is_json:
        click.echo(json.dumps(members(line)))
        return
    number = list(options.deployment.services).index(line.service)
    options.out.print(shown(line, COLOURS[number % len(COLOURS)]))
