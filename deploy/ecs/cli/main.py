"""Every failure ends with one cause and one cure, and never with a traceback."""

import json
import sys
from importlib import import_module
from itertools import pairwise

import click
from rich.console import Console
from rich.markup import escape

from deploy.ecs.aws import explained
from deploy.ecs.errors import DeploymentError

# Each in a module of its name, in the order in which the help tells them.
COMMANDS = {
    "init": "init",
    "preflight": "command",
    "cost": "cost",
    "rehearse": "rehearse",
    "plan": "plan",
    "up": "up",
    "status": "status",
    "diagnose": "diagnose",
    "logs": "logs",
    "rollback": "rollback",
    "down": "down",
    "migrate": "migrate",
    "manage": "manage",
    "exec": "execute",
    "tunnel": "tunnel",
    "rotate-keys": "rotate_keys",
}
INTERRUPTED = 130
ON_ITS_OWN = (
    "Interrupted. What AWS has begun goes on by itself; the same command given again goes on from "
    "there, and python -m deploy.ecs status says where it is."
)


class Commands(click.Group):
    """Each is loaded when it is asked for: what one needs, the others do not wait for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"deploy.ecs.cli.{cmd_name.replace('-', '_')}")
        found: click.Command = getattr(module, COMMANDS[cmd_name])
        return found


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def cli() -> None:
    """Deploys the shop to AWS, from deployment.toml.

    \b
    Begin:
      python -m deploy.ecs init             asks, and writes deployment.toml
      python -m deploy.ecs preflight        what would fail
      python -m deploy.ecs rehearse         the whole deployment on this machine
      python -m deploy.ecs plan             what would be created and changed
      python -m deploy.ecs up               does it
    """


def main(arguments: list[str] | None = None) -> None:
    try:
        with explained():
            cli(arguments, prog_name="python -m deploy.ecs", standalone_mode=False)
    except click.ClickException as error:
        given = sys.argv[1:] if arguments is None else arguments
        if wants_json(given):
            told = {"cause": error.format_message(), "cure": "See the command's --help."}
            click.echo(json.dumps({"error": told}, indent=2))
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"\n{ON_ITS_OWN}", err=True)
        sys.exit(INTERRUPTED)
    except DeploymentError as error:
        show(error, as_json=wants_json(sys.argv[1:] if arguments is None else arguments))
        sys.exit(1)
    except BrokenPipeError:  # whoever read has had enough
        sys.stderr.close()
        sys.exit(1)


def wants_json(words: list[str]) -> bool:
    """Also of a command that ended before it had read its options."""
    return "--format=json" in words or ("--format", "json") in pairwise(words)


def show(error: DeploymentError, *, as_json: bool) -> None:
    if as_json:
        members = {"cause": error.cause, "cure": error.cure}
        more = {"details": error.details, "fault": error.fault}
        click.echo(json.dumps({"error": members | {k: v for k, v in more.items() if v}}, indent=2))
    console = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)
    for line in error.details:
        console.print(f"  [dim]{escape(line)}[/]")
    known = f" [dim]({error.fault})[/]" if error.fault else ""
    console.print(f"[bold red]Cause:[/] {escape(error.cause)}{known}")
    console.print(f"[bold green]Cure:[/]  {escape(error.cure)}")
