"""Whether services can be replaced task by task, by the next deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from deploy.ecs.graph import Graph, Service
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks, count_of
from deploy.ecs.preflight.placement.sources import Source, assumes_trunks
from deploy.ecs.preflight.placement.trunks import needs_trunks
from deploy.ecs.preflight.placement.words import asked, called, groups, supply, unplaced

CONFIGURATION = "DeploymentConfiguration"


def rolls(service: Service) -> bool:
    """Whether it is ECS that replaces tasks, one batch after another."""
    controller = service.text("DeploymentController", "Type", default="ECS")
    strategy = service.text(CONFIGURATION, "Strategy", default="ROLLING")
    return controller == "ECS" and strategy == "ROLLING"


def least_and_most(service: Service, count: int) -> tuple[int, int] | None:
    """Tasks that have to be healthy, and that there may be, during a deployment."""
    least, most = service.minimum_percent, service.maximum_percent
    if least is None or most is None:
        return None
    return -(-least * count // 100), most * count // 100


def stuck(graph: Graph) -> Iterator[Finding]:
    """Where it may neither stop a task first nor start one."""
    for service in graph.all(Service):
        count = count_of(service)
        if service.scheduling == "DAEMON":
            count = 1  # of each instance
        if not rolls(service) or service.scheduling is None or not count:
            continue
        bounds = least_and_most(service, count)
        if bounds and bounds[0] >= count >= bounds[1]:
            yield _stuck(service, count, bounds)


def _stuck(service: Service, count: int, bounds: tuple[int, int]) -> Finding:
    return error(
        "P07",
        service,
        CONFIGURATION,
        "MaximumPercent"
        if service.given(CONFIGURATION, "MaximumPercent")
        else "MinimumHealthyPercent",
        why=(
            f"{service.resource.logical_id} has {count} task{'s' * (count != 1)}.",
            f"A minimum of {service.minimum_percent} % keeps {bounds[0]} of them, so that none may "
            "be stopped first.",
            f"A maximum of {service.maximum_percent} % admits {bounds[1]}, so that none may be "
            "started.",
        ),
        message=f"service {called(service)} was unable to stop or start tasks during a deployment "
        "because of the service deployment configuration. Update the minimumHealthyPercent or "
        "maximumPercent value and try again.",
        cure=f"Raise MaximumPercent of {service.resource.logical_id}, or lower its "
        "MinimumHealthyPercent.",
    )


def rolling_update(fleet: Fleet, settled: Sequence[Tasks]) -> Iterator[Finding]:
    """Those that start a new task before they stop an old one need a place more."""
    starting = [each for each in settled if _starts_first(each)]
    if not fleet.refused(each.more(1) if each in starting else each for each in settled):
        return
    for tasks in starting:
        others = [each for each in tasks.neighbours(settled) if each is not tasks]
        for dimension in fleet.refused([*others, tasks.more(1)]):
            yield _no_headroom(tasks, others, dimension)


def trunks_for_an_update(fleet: Fleet, settled: Sequence[Tasks]) -> Iterator[Finding]:
    """Whether that place is there only if the account has turned trunks on."""
    room = Source.room_without_trunk
    if "interfaces" in fleet.refused(settled, room) or assumes_trunks(fleet.graph):
        return
    for tasks in (each for each in settled if each.needs["interfaces"] and _starts_first(each)):
        beside = [each for each in tasks.neighbours(settled) if each is not tasks]
        update = [*beside, tasks.more(1)]
        if "interfaces" in fleet.refused(update, room) and not fleet.refused(update):
            found = needs_trunks(tasks.more(1), beside)
            message = f"{found.message} Only from the second deployment on."
            why = (f"An update of {tasks.name} needs a place more for a while.", *found.why)
            yield (told := replace(found, message=message, why=why))
            yield told.consequence("P08", message)


def _starts_first(tasks: Tasks) -> bool:
    service, count = tasks.of, tasks.count
    if not isinstance(service, Service) or not tasks.is_counted or not count or not rolls(service):
        return False
    bounds = least_and_most(service, count)
    return bounds is not None and bounds[0] >= count < bounds[1]


def _no_headroom(tasks: Tasks, others: Sequence[Tasks], dimension: str) -> Finding:
    return error(
        "P06" if dimension == "port" else "P08",
        tasks.of,
        CONFIGURATION,
        "MinimumHealthyPercent",
        why=(
            *(asked(each, dimension) for each in (*others, tasks)),
            "No task may be stopped before a new one runs, so that an update needs a place more.",
            *supply(tasks.sources, dimension),
        ),
        message=f"{unplaced(tasks.of, dimension)} Only from the second deployment on.",
        cure=f"Have more instances in {groups(tasks)}, or set MinimumHealthyPercent of "
        f"{tasks.name} so that a task may be stopped first (0 with one task).",
    )
