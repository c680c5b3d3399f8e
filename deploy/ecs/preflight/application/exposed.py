"""B05, by what the image says: the port it exposes, and its server's address."""

from collections.abc import Iterator

from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.application.dockerfile import Dockerfile, Instruction
from deploy.ecs.preflight.application.starting import Starting
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.balancing.fed import called
from deploy.ecs.preflight.balancing.listening import Start, is_loopback, start_of
from deploy.ecs.preflight.balancing.ports import FAILS, VARIABLES
from deploy.ecs.preflight.finding import Finding, Severity


def exposed(subject: Subject, starting: Starting) -> Iterator[Finding]:
    dockerfile, ports = starting.dockerfile, subject.ports
    own = start_of(subject.container)
    if dockerfile is None or not ports or (own and own.addresses()):
        return  # of what the task definition says the template is asked
    environment = {name: text(each) for name, each in subject.container.environment.items()}
    start = starting.server(
        {**dockerfile.variables, **environment}, subject.container.environment_complete
    )
    addresses = start.addresses() if start else []
    stated = {port for _, port in addresses}
    spot = _spot(starting, dockerfile)
    if start and addresses:
        if None not in stated and stated.isdisjoint(ports):
            yield _elsewhere(subject, spot, start, min(port for port in stated if port))
        elif all(is_loopback(host) for host, _ in addresses):
            yield _for_itself(subject, spot, start)
    elif start and _is_gunicorns_default(start, dockerfile):
        yield _for_itself(subject, spot, start)
    elif not any(name in VARIABLES for name in environment):
        yield from _by_expose(subject, dockerfile)


def _is_gunicorns_default(start: Start, dockerfile: Dockerfile) -> bool:
    """127.0.0.1:8000, where neither options, variables nor a file say anything else."""
    return (
        start.program == "gunicorn"
        and start.has_all_variables
        and None not in start.words
        and not start.options(("-b", "--bind", "-c", "--config"))
        and "PORT" not in start.variables
        and not (dockerfile.context / "gunicorn.conf.py").exists()
    )


def _spot(starting: Starting, dockerfile: Dockerfile) -> Spot:
    if starting.script_lines and starting.script:
        lines = starting.script_lines
        words = ("gunicorn", "uvicorn", "runserver", "daphne", "hypercorn", "waitress", "flask")
        line = next((n for n, each in enumerate(lines, 1) if any(w in each for w in words)), 1)
        return Spot(starting.script, line, "server")
    found = next((each.instruction for each in reversed(starting.pieces) if each.instruction), None)
    return Spot(dockerfile.path, found.line if found else 1, found.name if found else "CMD")


def _elsewhere(subject: Subject, spot: Spot, start: Start, port: int) -> Finding:
    wanted = ", ".join(str(each) for each in sorted(subject.ports))
    return _tell(
        spot,
        [
            f"The image of the container {subject.name} starts {start.program}, which listens on "
            f"port {port}.",
            f"The service {called(subject.service)} sends requests to port {wanted}.",
        ],
        f"Let {start.program} listen on port {wanted}, or write {port} in ContainerPort.",
    )


def _for_itself(subject: Subject, spot: Spot, start: Start) -> Finding:
    return _tell(
        spot,
        [
            f"The image of the container {subject.name} starts {start.program}, which listens on "
            "127.0.0.1 only.",
            "That address is reached from inside the task alone; the load balancer is outside.",
        ],
        f"Let {start.program} listen on 0.0.0.0:{min(subject.ports)}.",
    )


def _tell(spot: Spot, why: list[str], cure: str) -> Finding:
    return spot.tell(Severity.ERROR, "B05", why=why, message=FAILS, cure=cure)


def _by_expose(subject: Subject, dockerfile: Dockerfile) -> Iterator[Finding]:
    found = dockerfile.all("EXPOSE")
    stated = {port for each in found for port in _ports(each, dockerfile)}
    if not stated or None in stated or not stated.isdisjoint(subject.ports):
        return
    wanted = ", ".join(str(each) for each in sorted(subject.ports))
    yield Spot(dockerfile.path, found[-1].line, "EXPOSE").tell(
        Severity.WARNING,
        "B05",
        why=[
            f"The image listens on port {', '.join(str(each) for each in stated)} (EXPOSE).",
            f"The service {called(subject.service)} sends requests to port {wanted} of it.",
        ],
        message=FAILS,
        cure="Write the port that the image listens on in ContainerPort of the container and of "
        "the service.",
    )


def _ports(each: Instruction, dockerfile: Dockerfile) -> Iterator[int | None]:
    for word in each.value.split():
        known = dockerfile.variables.get(word.strip("${}"), word)
        number = known.partition("/")[0]
        yield int(number) if number.isdecimal() else None
