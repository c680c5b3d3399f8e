from dataclasses import dataclass, field
from functools import cached_property

import boto3
import click

from deploy.ecs.aws import AWS, explained
from deploy.ecs.cli.asking import answered
from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.configuration import PRESETS, Deployment
from deploy.ecs.configuration.reading import tables
from deploy.ecs.configuration.text import deployment_text, environment_text
from deploy.ecs.configuration.writing import write
from deploy.ecs.errors import DeploymentError
from deploy.ecs.hosted_zones import hosted_zones, zone_of
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Parts

# Prices as in docs/deployment.md, which says what they consist of.
SENTENCES = {
    "free-tier": (
        "one small instance in public subnets, both services on one PostgreSQL: about 58 USD a "
        "month, less with AWS's free plan"
    ),
    "private": "two instances in private subnets with endpoints, DocumentDB: about 188 USD a month",
    "fargate": "no instances to care for, one NAT gateway, DocumentDB: about 154 USD a month",
}
UNATTENDED = "Give --yes, and what is not as by default by its option."
REGION = "eu-central-1"
ADDRESS = ("domain", "hosted_zone", "certificate")


@dataclass
class Answers:
    """What was given by options, and what is asked for the rest unless `yes`."""

    aws: AWS
    yes: bool
    given: dict[str, str | None] = field(default_factory=dict)

    def __call__(
        self,
        name: str,
        question: str,
        default: str,
        kind: click.Choice[str] | None = None,
    ) -> str:
        value = self.given.get(name)
        if value is not None or self.yes:
            return default if value is None else value
        return str(
            answered(
                lambda: click.prompt(
                    question, default=default, type=kind, err=True, show_default=bool(default)
                ),
                UNATTENDED,
            )
        )

    @cached_property
    def zones(self) -> dict[str, str]:
        return hosted_zones(self.aws)

    def address(self, *, http: bool) -> dict[str, str]:
        """domain with hosted_zone or certificate; all empty for HTTP."""
        if http:
            return dict.fromkeys(ADDRESS, "")
        domain = self(
            "domain",
            "Host name of the shop, such as shop.example.com (empty: HTTP only, for a trial)",
            "",
        )
        if not domain:
            return dict.fromkeys(ADDRESS, "")
        if certificate := self.given.get("certificate"):
            zone = self.given.get("hosted_zone") or ""
            return {"domain": domain, "hosted_zone": zone, "certificate": certificate}
        zone = self.given.get("hosted_zone") or self.zone(domain)
        certificate = "" if zone else self("certificate", "ARN of its certificate in ACM", "")
        if not zone and not certificate:
            raise DeploymentError(
                f"{domain} has neither a hosted zone nor a certificate, so that there is no HTTPS.",
                "Give --hosted-zone or --certificate, or no domain for a trial over HTTP.",
            )
        return {"domain": domain, "hosted_zone": zone, "certificate": certificate}

    def zone(self, domain: str) -> str:
        found = zone_of(domain, self.zones) or ""
        if not self.yes and self.zones:
            click.echo("Hosted zones of the account:", err=True)
            for name, zone in sorted(self.zones.items()):
                click.echo(f"  {zone}  {name}", err=True)
        return self("hosted_zone", "Id of the hosted zone that it is in (empty: none)", found)


@click.command()
@deployment_options
@click.option("--preset", type=click.Choice(list(PRESETS)), help="What it is to consist of.")
@click.option("--region", metavar="REGION", help="By default that of the AWS configuration.")
@click.option("--project", metavar="NAME", help="The first word of all names.")
@click.option("--domain", metavar="HOST", help="The shop's host name.")
@click.option("--hosted-zone", metavar="ID", help="The Route 53 zone that the domain is in.")
@click.option("--certificate", metavar="ARN", help="Of ACM, for the domain; instead of a zone.")
@click.option("--http", is_flag=True, help="No domain: passwords in clear, for a trial only.")
@click.option("--alarm-email", metavar="ADDRESS", help="Who is told of alarms.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is as by default.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(options: Options, http: bool, yes: bool, force: bool, **given: str | None) -> None:
    """Asks what is wanted, and writes deployment.toml.

    With --environment and a file that has other ones, it adds that environment to them.

    \b
    Examples:
      python -m deploy.ecs init
      python -m deploy.ecs init --preset fargate --region eu-central-1 --yes
      python -m deploy.ecs init --environment staging --domain staging.example.com
    """
    there = tables(options.file) if options.file.exists() and not force else None
    environment = options.environment
    if there and (environment is None or environment in there[1]):
        what = f"{options.file} is there already" + (
            f", with an environment {environment}." if environment else "."
        )
        raise DeploymentError(
            what, "Edit it, add another environment with --environment NAME, or give --force."
        )
    with explained():
        answers = Answers(AWS(region(options, given), options.profile), yes, given)
    text, environment = (
        added(options, answers, there[0], http=http) if there else whole(options, answers, http)
    )
    write(options.file, text, environment, check)
    say(options, environment, added=there is not None)


def region(options: Options, given: dict[str, str | None]) -> str:
    return given["region"] or boto3.Session(profile_name=options.profile).region_name or REGION


def whole(options: Options, ask: Answers, http: bool) -> tuple[str, str]:
    if not ask.yes and ask.given.get("preset") is None:
        for name, sentence in SENTENCES.items():
            click.echo(f"  {name:10} {sentence}", err=True)
    preset = ask("preset", "Preset", "free-tier", click.Choice(list(PRESETS)))
    ask.given["environment"] = options.environment
    place = ask("region", "Region", ask.aws.region)
    project = ask("project", "Project, the first word of all names", "little-ecom")
    environment = ask("environment", "Environment", "production")
    address = ask.address(http=http)
    email = ask("alarm_email", "Whom to tell of alarms, by e-mail (empty: nobody)", "")
    text = deployment_text(
        preset=preset,
        region=place,
        project=project,
        environment=environment,
        alarm_email=email,
        **address,
    )
    return text, environment


def added(
    options: Options, ask: Answers, shared: dict[str, object], *, http: bool
) -> tuple[str, str]:
    """Only what differs from what the environments share; a domain is never shared."""
    environment = str(options.environment)
    wanted: dict[str, str | bool] = {"region": ask("region", "Region", ask.aws.region)}
    for name in ("preset", "project"):
        if value := ask.given.get(name):
            wanted[name] = value
    wanted |= ask.address(http=http)
    wanted["allow_http"] = not wanted["domain"]
    default = str(shared.get("alarm_email", ""))
    wanted["alarm_email"] = ask("alarm_email", "Whom to tell of alarms, by e-mail", default)
    absent = {"allow_http": False, "region": None}
    differing = {k: v for k, v in wanted.items() if v != shared.get(k, absent.get(k, ""))}
    text = options.file.read_text().rstrip("\n") + "\n"
    return text + environment_text(environment, differing), environment


def check(deployment: Deployment) -> None:
    Preview(Parts(deployment)).check()


def say(options: Options, environment: str, *, added: bool) -> None:
    named = f" --environment {environment}" if added else ""
    file = "" if str(options.file) == "deployment.toml" else f" --file {options.file}"
    following = [f"python -m deploy.ecs {each}{file}{named}" for each in ("plan", "up")]
    result = {"file": str(options.file), "environment": environment, "next": following}
    done = f"{environment} is added to {options.file}." if added else f"{options.file} is written."
    what = f"See what it would make: {following[0]}\nThen make it: {following[1]}"
    options.answer(result, lambda out: out.print(f"{done}\n{what}"))
