from functools import partial

import click

from deploy.ecs.cli.options import Options, deployment_options
from deploy.ecs.services.rollout import Rollout
from deploy.ecs.services.tasks import ServiceTasks
from deploy.ecs.services.watch import ServiceWatch

NOTHING_VOID = (
    "{name} signs with its next key. No token became invalid: the former key stays published until "
    "the last token it signed has expired, and the new one was published before."
)


@click.command(name="rotate-keys")
@deployment_options
@click.argument("service")
@click.option(
    "--force",
    is_flag=True,
    help="Also soon after another rotation, as when a key has leaked: until the next key is known "
    "everywhere, a new token may be refused for some seconds.",
)
def rotate_keys(options: Options, service: str, force: bool) -> None:
    """Signs tokens with the next key from now on.

    The service's tasks are replaced, one by one.

    No token becomes invalid, and so none that was signed with a key that has leaked: after
    rotating, take that key out of SIGNING_KEYS in the service's secret and rotate once more.

    \b
    Examples:
      python -m deploy.ecs rotate-keys accounts
    """
    name = options.service(service)
    tasks = ServiceTasks(options.aws, options.clock, options.deployed, name, options.progress.say)
    with options.progress.step(f"{name} keys"):
        tasks.rotate_keys(force=force)
    with options.progress.step(f"{name} tasks"):
        rollout(options, name).restart()
    options.answer({"rotated": name}, lambda out: out.print(NOTHING_VOID.format(name=name)))


def rollout(options: Options, name: str) -> Rollout:
    options.deployed.of(name)
    cluster, say = options.deployed.of("cluster"), partial(options.progress.service, name)
    now = options.clock.now()
    watch = ServiceWatch(options.aws, cluster["Cluster"], name, cluster["LogGroup"], now, say)
    return Rollout(watch, options.clock)
