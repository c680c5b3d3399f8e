import os
import sys
from collections.abc import Iterator
from datetime import timedelta

import boto3
import click

from deploy.ecs.aws import connect
from deploy.ecs.cli.logs import Duration
from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.diagnose.diagnose import Diagnose
from deploy.ecs.diagnose.diagnosis import Diagnosis
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.diagnose.text import members, show
from deploy.ecs.diagnose.there import services
from deploy.ecs.errors import DeploymentError
from deploy.ecs.progress import Progress


@click.command()
@deployment_options
@click.option("--cluster", metavar="NAME", help="Of any service of ECS; no file is read then.")
@click.option("--service", "names", metavar="NAME", multiple=True, help="Only this; repeatable.")
@click.option("--since", type=Duration(), default="2h", show_default=True, help="How far back.")
@click.option("--region", metavar="NAME", help="With --cluster; else AWS_REGION or the profile's.")
@click.option("--no-keep", is_flag=True, help="Neither read nor write what was seen before.")
def diagnose(  # noqa: PLR0913, PLR0917  (its options)
    options: Options,
    cluster: str | None,
    names: tuple[str, ...],
    since: timedelta,
    region: str | None,
    no_keep: bool,
) -> None:
    """Why a service does not run: the first cause.

    Of this deployment's services, or with --cluster of any service of ECS. It puts in one order of
    time what ECS, CloudFormation, the load balancer, auto scaling and the logs say, and names what
    came first, with its cure. It only asks, and keeps what it saw on this machine: ECS forgets a
    task within an hour. Ends with exit code 1 when something is wrong.

    \b
    Examples:
      python -m deploy.ecs diagnose
      python -m deploy.ecs diagnose --service accounts --since 1d
      python -m deploy.ecs diagnose --cluster shop --service web --region eu-central-1
    """
    progress = Progress(quiet=options.is_json)
    if cluster is None:
        aws, subjects = options.aws, list(own(options, names))
    else:
        aws = connect(region or default_region(options.profile), options.profile)
        subjects = [Subject(cluster, each) for each in names or services(aws, cluster)]
    found = [
        diagnosis(Diagnose(aws, options.clock, not no_keep, progress.say), progress, each, since)
        for each in subjects
    ]
    is_well = all(each.problem is None for each in found)
    answer = {"well": is_well, "services": [members(each) for each in found]}
    options.answer(answer, lambda out: show(out, found))
    if not is_well:
        sys.exit(1)


def diagnosis(
    diagnose: Diagnose, progress: Progress, subject: Subject, since: timedelta
) -> Diagnosis:
    with progress.step(f"asking about {subject.service}"):
        return diagnose.run(subject, diagnose.clock.now() - since)


def own(options: Options, names: tuple[str, ...]) -> Iterator[Subject]:
    """Services of deployment.toml. Raises DeploymentError where the cluster is not there."""
    wanted = [options.service(each) for each in names] or list(options.deployment.services)
    cluster = options.deployed.of("cluster")["Cluster"]
    for name in wanted:
        yield Subject(cluster, name, True, options.parts.stack_name(name))


def default_region(profile: str | None) -> str:
    """As the AWS CLI finds it. Raises DeploymentError where there is none."""
    region = os.environ.get("AWS_REGION") or boto3.Session(profile_name=profile).region_name
    if not region:
        raise DeploymentError(
            "It is not said in which region the cluster is.",
            "Give --region, or set AWS_REGION.",
        )
    return str(region)
