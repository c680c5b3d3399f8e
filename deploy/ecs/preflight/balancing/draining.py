"""Whether requests under way end before their task does, and connections before their target."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, TargetGroup
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.balancing.feeds import feeds
from deploy.ecs.preflight.balancing.health import container_of
from deploy.ecs.preflight.finding import Finding, note, warning

LONG = 300  # seconds, AWS's default
ATTRIBUTE = "deregistration_delay.timeout_seconds"
KEEP_ALIVE = re.compile(r"--(?:keep-alive|timeout-keep-alive|keepalive)[ =](\d+)")
OF_GUNICORN = 2  # seconds, https://docs.gunicorn.org/en/stable/settings.html


def delays_fit(graph: Graph) -> Iterator[Finding]:
    for workload, _, feed, group in feeds(graph):
        delay = group.deregistration_delay
        if delay is None:
            continue
        is_said = _says_delay(group)
        if delay >= LONG:
            tell = warning if is_said else note
            yield tell(
                "B19",
                group,
                "TargetGroupAttributes",
                why=(f"A target that leaves is waited for {delay} s, at each deployment.",),
                message="Deployments take minutes longer than they need to.",
                cure=f"Set {ATTRIBUTE} to what the longest request takes, such as 30.",
            )
        container = container_of(workload, feed)
        stop = container.stop_timeout if container else None
        if container and stop is not None and stop < delay:
            tell = warning if is_said and container.given("StopTimeout") else note
            yield tell(
                "B18",
                container,
                "StopTimeout",
                why=(
                    f"The load balancer lets requests go on for {delay} s after it has taken a "
                    f"target out; {container.container_name} is killed {stop} s after its SIGTERM.",
                ),
                message="Requests under way are cut off: 502.",
                cure=f"Make StopTimeout at least as long as {ATTRIBUTE}.",
            )


def _says_delay(group: TargetGroup) -> bool:
    parts = group.parts(Part, "TargetGroupAttributes")
    return any(each.text("Key") == ATTRIBUTE for each in parts)


def connections_outlive_requests(graph: Graph) -> Iterator[Finding]:
    for workload, _, feed, group in feeds(graph):
        container = container_of(workload, feed)
        for balancer in group.load_balancers:
            idle = balancer.idle_timeout
            if container and idle is not None and balancer.type == "application":
                yield from _kept(container, idle)


def _kept(container: Container, idle: int) -> Iterator[Finding]:
    words = [str(each) for each in (*container.entry_point, *container.command)]
    written = " ".join(words)
    found = KEEP_ALIVE.search(written)
    seconds = int(found[1]) if found else OF_GUNICORN if "gunicorn" in written else None
    if seconds is not None and seconds <= idle:
        tell = warning if found else note
        yield tell(
            "B21",
            container,
            "Command",
            why=(
                f"The server closes a connection after {seconds} s without a request.",
                f"The load balancer keeps it for {idle} s, and may send one just then.",
            ),
            message="502 Bad Gateway, now and then",
            cure=f"Let the server keep connections longer: --keep-alive {idle + 5}.",
        )
