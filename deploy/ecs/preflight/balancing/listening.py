"""Whether the container listens where its port is mapped, as far as its definition says."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph
from deploy.ecs.preflight.balancing.feeds import feeds
from deploy.ecs.preflight.balancing.health import container_of
from deploy.ecs.preflight.finding import Finding, error, warning

BIND = re.compile(r"(?:--bind|-b|--host|--http|runserver)[ =]\[?([\w.:*-]+?)\]?:(\d+)\b")
HOST = re.compile(r"--host[ =](127\.0\.0\.1|localhost)\b")
LOOPBACK = {"127.0.0.1", "localhost"}
FAILED = "(service) is unhealthy in (target-group) due to (reason Health checks failed)"


def containers_listen(graph: Graph) -> Iterator[Finding]:
    for workload, _, feed, _ in feeds(graph):
        container, port = container_of(workload, feed), feed.container_port
        if container and port is not None:
            yield from _listens(container, port)


def _listens(container: Container, port: int) -> Iterator[Finding]:
    written = " ".join(str(each) for each in (*container.entry_point, *container.command))
    bound = BIND.search(written)
    name = container.container_name
    if HOST.search(written) or (bound and bound[1] in LOOPBACK):
        yield error(
            "B05",
            container,
            "Command",
            why=(
                f"The command of {name} binds the loopback address.",
                "What comes from outside the container does not get there.",
            ),
            message=FAILED,
            cure="Bind 0.0.0.0.",
        )
    elif bound and int(bound[2]) != port:
        why = (f"The command of {name} binds port {bound[2]}.", f"The service registers {port}.")
        cure = f"Bind {port}, or map and register {bound[2]}."
        yield error("B05", container, "Command", why=why, message=FAILED, cure=cure)
    elif not bound:
        yield from _variable(container, port)


def _variable(container: Container, port: int) -> Iterator[Finding]:
    said = container.environment.get("PORT")
    if isinstance(said, str | int) and str(said).isdigit() and int(said) != port:
        mapped = {each.container_port for each in container.ports}
        if int(said) not in mapped:
            yield warning(
                "B05",
                container,
                "Environment",
                why=(
                    f"PORT tells {container.container_name} to listen on {said}.",
                    f"The service registers {port}.",
                ),
                message=FAILED,
                cure=f"Set PORT to {port}, or map and register {said}.",
            )
