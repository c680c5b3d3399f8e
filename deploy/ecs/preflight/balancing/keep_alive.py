"""B21: who closes an idle connection first.

If the application does, the load balancer may have sent a request on it just then, and answers 502.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, LoadBalancer
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.balancing.listening import Start, start_of
from deploy.ecs.preflight.finding import Finding, note, warning

USUAL = 60  # seconds; AWS's default
ATTRIBUTES, NAME = "LoadBalancerAttributes", "idle_timeout.timeout_seconds"
SEEN = "HTTP 502: Bad gateway, now and then, without an entry in the application's log"


def keep_alive(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        start = start_of(fed.container) if fed.container else None
        kept, _ = start.keep_alive() if start else (None, False)
        for balancer in fed.balancers:
            idle = balancer.idle_timeout if balancer.type == "application" else None
            if idle is None:
                continue
            if start and fed.container and kept is not None and kept <= idle:
                yield _closes(fed.container, balancer, start, idle)
            elif idle > USUAL and start is None:
                yield _long(fed, balancer, idle)


def _closes(container: Container, balancer: LoadBalancer, start: Start, idle: int) -> Finding:
    kept, is_said = start.keep_alive()
    stated = "" if is_said else ", its default"
    program = start.program
    tell = warning if is_said else note
    return tell(
        "B21",
        container,
        "Command" if container.given("Command") else "EntryPoint",
        why=[
            f"{program} in the container {container.container_name} closes a connection that has "
            f"been idle for {kept} seconds{stated}.",
            f"The load balancer {called(balancer)} keeps it for {idle} and may send a request on "
            "it meanwhile.",
        ],
        message=SEEN,
        cure=f"Let {program} keep idle connections for more than {idle} seconds, such as "
        f"{idle + 15}.",
    )


def _long(fed: Fed, balancer: LoadBalancer, idle: int) -> Finding:
    return note(
        "B21",
        balancer,
        ATTRIBUTES,
        why=[
            f"The load balancer {called(balancer)} keeps idle connections for {idle} seconds.",
            f"What the container {fed.feed.container_name} starts is not said here; few servers "
            "keep them for longer.",
        ],
        message=SEEN,
        cure=f"See to it that the application keeps idle connections for more than {idle} "
        f"seconds, or lower {NAME}.",
    )
