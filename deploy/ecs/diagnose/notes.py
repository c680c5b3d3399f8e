"""What is not right and stops nothing."""

from collections.abc import Iterator, Sequence

from deploy.ecs.diagnose.gathered import Described, Gathered
from deploy.ecs.diagnose.seen import TASK, Seen
from deploy.ecs.diagnose.trouble import of_source
from deploy.ecs.errors import DeploymentError

KILLED = 137
EXEC_AGENT = "ExecuteCommandAgent"


def notes(found: Gathered, seen: Sequence[Seen]) -> Iterator[DeploymentError]:
    yield from of_ends(seen)
    yield from of_exec(found)


def of_ends(seen: Sequence[Seen]) -> Iterator[DeploymentError]:
    tasks = [each.task for each in of_source(seen, TASK) if each.task]
    killed = [
        each
        for each in tasks
        if each.code == "ServiceSchedulerInitiated"
        and each.exit_code == KILLED
        and each.reason.startswith("Scaling activity")
    ]
    if killed:
        yield DeploymentError(
            "Tasks that ECS ends do not end by themselves, and are killed: requests get lost.",
            "Let the container's first process heed SIGTERM: CMD in exec form, exec in a script.",
            [f"{killed[-1].id}: {killed[-1].why}"],
            "C04",
        )


def of_exec(found: Gathered) -> Iterator[DeploymentError]:
    agents = [
        agent
        for task in found.running
        for container in task.get("containers", ())
        for agent in container.get("managedAgents", ())
        if agent.get("name") == EXEC_AGENT and agent.get("lastStatus") == "STOPPED"
    ]
    if not agents:
        return
    said = [str(each["reason"]) for each in agents[:1] if each.get("reason")]
    if any(is_read_only(each) for each in found.definition.get("containerDefinitions", ())):
        yield DeploymentError(
            "ECS Exec does not work: the containers' root file system is read-only.",
            "Make it writable for as long as it is needed.",
            said,
            "E03",
        )
        return
    yield DeploymentError(
        "ECS Exec does not work: its agent has stopped.",
        "The task role needs ssmmessages:CreateControlChannel, CreateDataChannel, "
        "OpenControlChannel and OpenDataChannel, and the subnets a way there.",
        said,
        "E01",
    )


def is_read_only(container: Described) -> bool:
    return bool(container.get("readonlyRootFilesystem"))
