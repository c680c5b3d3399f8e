import json
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deploy.ecs.aws import connect
from deploy.ecs.cli.in_order import InOrder
from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.evaluator import Environment, Kept
from deploy.ecs.preflight.finding import Severity
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.values import with_values
from deploy.ecs.preflight.own import in_own_words, own_stacks
from deploy.ecs.preflight.preflight import in_order, preflight
from deploy.ecs.preflight.templates import Given, Read, read, told, undeclared
from deploy.ecs.preflight.text import show

OWN_APP = "ecom.wsgi"
OWN_DOCKERFILE = Path(__file__).parents[3] / "Dockerfile"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("preflight", cls=InOrder)
@deployment_options
@click.option(
    "--template",
    multiple=True,
    type=FILE,
    expose_value=False,
    help="Anybody's, instead of the deployment's own. Several in the order of their deployment: "
    "they see each other's exports.",
)
@click.option(
    "--parameters",
    multiple=True,
    type=FILE,
    expose_value=False,
    help="Of the template before it, as the AWS CLI takes them.",
)
@click.option(
    "--stack-name",
    multiple=True,
    metavar="NAME",
    expose_value=False,
    help="Of the template before it; else its file's.",
)
@click.option(
    "--parameter",
    multiple=True,
    metavar="KEY=VALUE",
    expose_value=False,
    help="Of every template that declares it.",
)
@click.option("--region", metavar="REGION", help="Where the templates would be deployed.")
@click.option(
    "--app",
    metavar="MODULE",
    help="The WSGI application in the image, MODULE[:ATTRIBUTE], which is sent the health checks' "
    "requests. Of the own deployment ecom.wsgi.",
)
@click.option("--dockerfile", type=FILE, help="What the image is built by, likewise.")
@click.option(
    "--live",
    is_flag=True,
    expose_value=False,
    help="Ask the account too, by calls that only read: images, secrets, clusters, roles, quotas "
    "that the templates name. docs/preflight.md lists the calls.",
)
@click.pass_context
def command(
    context: click.Context,
    options: Options,
    region: str | None,
    app: str | None,
    dockerfile: Path | None,
) -> None:
    """What would fail if it were deployed, and why.

    Of the deployment in deployment.toml, or of any CloudFormation templates for ECS. Each finding
    has an id of docs/preflight.md, the place in the template, the reasoning, what AWS would say,
    and a cure. Without --live it asks nobody, and needs no credentials. Ends with exit code 1 on
    an error.

    \b
    Examples:
      python -m deploy.ecs preflight
      python -m deploy.ecs preflight --environment staging --format json
      python -m deploy.ecs preflight --live --profile shop
      python -m deploy.ecs preflight --template shop.yaml --region eu-central-1
      python -m deploy.ecs preflight --template shop.yaml --app shop.wsgi
      python -m deploy.ecs preflight --template network.yaml --stack-name net \\
        --template service.yaml --parameters service.json --parameter Tag=1.4.2
    """
    given, values = _given(context.meta["in_order"])
    if not given:
        app, dockerfile = app or OWN_APP, dockerfile or OWN_DOCKERFILE

    account = None
    if ("live", True) in context.meta["in_order"]:
        account = Account(connect(region, options.profile) if given else options.aws)
        region = account.region

    def reading(number: str | None, kept: Kept) -> Read:
        if not given:
            stacks = own_stacks(options.parts, number, kept)
            return Read(stacks, list(told(stacks)))
        found = read(given, values, Environment(region, number, kept=kept))
        _check_declared(found, values)
        return found

    with _asking(options, account):
        found = with_values(reading, account) if account else reading(None, Kept())
        checked = preflight(found.stacks, app, dockerfile, account)
    findings = in_order([*found.findings, *checked])
    if not given:
        findings = list(in_own_words(findings, options.parts))
    if options.is_json:
        click.echo(json.dumps([each.members() for each in findings], indent=2))
    else:
        if account:
            options.out.print(f"Asked account {account.id} in {account.region}.\n")
        show(options.out, findings, found.stacks)
    if any(each.severity is Severity.ERROR for each in findings):
        sys.exit(1)


def _asking(options: Options, account: Account | None) -> AbstractContextManager[None]:
    if account is None:
        return nullcontext()
    return options.progress.step(f"Ask account {account.id} in {account.region}")


def _given(written: Iterable[tuple[str, Any]]) -> tuple[list[Given], dict[str, str]]:
    given: list[Given] = []
    values: dict[str, str] = {}
    for name, text in written:
        if name == "template":
            given.append(Given(Path(text)))
        elif name == "parameter":
            key, sign, value = text.partition("=")
            if not sign:
                raise click.BadParameter(f"{text} is not of the form KEY=VALUE.")
            values[key] = value
        elif name in {"parameters", "stack_name"}:
            _complete(given, name, text)
    if values and not given:
        raise click.UsageError("--parameter is for templates that --template names.")
    return given, values


def _complete(given: list[Given], name: str, text: str) -> None:
    """What belongs to the template before it."""
    option = f"--{name.replace('_', '-')}"
    if not given:
        raise click.UsageError(f"{option} belongs behind the --template that it is for.")
    last = given.pop()
    if getattr(last, name):
        raise click.UsageError(f"{last.path} has two {option}.")
    if name == "parameters":
        given.append(replace(last, parameters=Path(text)))
    else:
        given.append(replace(last, stack_name=text))


def _check_declared(found: Read, values: dict[str, str]) -> None:
    if found.stacks and (unknown := undeclared(found.stacks, values)):
        raise click.BadParameter(f"No template has a parameter {', '.join(unknown)}.")
