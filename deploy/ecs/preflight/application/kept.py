"""B05 and B21, by gunicorn's configuration as it is loaded in the container, and by options."""

from collections.abc import Iterator

from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.application.asking import Answer
from deploy.ecs.preflight.application.starting import Starting
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.balancing.fed import called
from deploy.ecs.preflight.balancing.keep_alive import SEEN
from deploy.ecs.preflight.balancing.listening import address, is_loopback, start_of
from deploy.ecs.preflight.balancing.ports import FAILS
from deploy.ecs.preflight.finding import Finding, Tell, error, note, warning


def kept(subject: Subject, answer: Answer, configuration: str) -> Iterator[Finding]:
    found = answer.gunicorn
    bound = [address(each) for each in found.get("bind", [])]
    ports = {port for _, port in bound}
    if bound and None not in ports and subject.ports:
        if ports.isdisjoint(subject.ports):
            yield _unreachable(subject, f"{configuration} lets gunicorn listen on {found['bind']}")
        elif all(is_loopback(host) for host, _ in bound):
            yield _unreachable(subject, f"{configuration} lets gunicorn listen on 127.0.0.1 only")
    if found.get("keeps"):
        yield from _short(subject, configuration, found["keepalive"])


def _unreachable(subject: Subject, reason: str) -> Finding:
    wanted = ", ".join(str(each) for each in sorted(subject.ports))
    return error(
        "B05",
        subject.container,
        "Environment",
        why=[
            f"With the variables of the container {subject.name} {reason}.",
            f"The service {called(subject.service)} sends requests to port {wanted}.",
        ],
        message=FAILS,
        cure=f"Give the container the variables with which it listens on 0.0.0.0:{wanted}.",
    )


def kept_by_image(subject: Subject, starting: Starting) -> Iterator[Finding]:
    """By the options that the Dockerfile or its script gives."""
    image = starting.dockerfile
    if image is None or start_of(subject.container) is not None:
        return
    environment = {name: text(each) for name, each in subject.container.environment.items()}
    start = starting.server(
        {**image.variables, **environment}, subject.container.environment_complete
    )
    seconds, is_said = start.keep_alive() if start else (None, False)
    if start and seconds is not None and not (image.context / "gunicorn.conf.py").exists():
        tell = warning if is_said else note
        yield from _short(subject, f"{start.program}'s options", seconds, tell)


def _short(subject: Subject, said_by: str, seconds: int, tell: Tell = warning) -> Iterator[Finding]:
    balancers = {each for fed in subject.feeds for each in fed.balancers}
    for balancer in balancers:
        idle = balancer.idle_timeout if balancer.type == "application" else None
        if idle is None or seconds > idle:
            continue
        yield tell(
            "B21",
            balancer,
            "LoadBalancerAttributes",
            why=[
                f"By {said_by} the container {subject.name} closes a connection that has been idle "
                f"for {seconds} seconds.",
                f"The load balancer {called(balancer)} keeps it for {idle} and may send a request "
                "on it meanwhile.",
            ],
            message=SEEN,
            cure=f"Let the server keep idle connections for more than {idle} seconds, or set "
            "idle_timeout.timeout_seconds to less.",
        )
