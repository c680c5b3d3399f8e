"""All checks together."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.ecs.evaluator import Stack
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.application import findings
from deploy.ecs.preflight.finding import ORDER, Finding
from deploy.ecs.preflight.live import judged, live
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.topics import CHECKS


def preflight(
    stacks: Sequence[Stack],
    app: str | None = None,
    dockerfile: Path | None = None,
    account: Account | None = None,
) -> list[Finding]:
    """Sorted by severity, then by file and line; each once. `app` is MODULE[:ATTRIBUTE], of WSGI,
    `dockerfile` what its image is built by, and `account` is asked besides."""
    graph = Graph.of(stacks)
    with ThreadPoolExecutor(1) as beside:  # what the application takes to load
        asked = beside.submit(lambda: list(findings(graph, app, dockerfile)))
        found = [each for check in CHECKS for each in check(graph)]
        found += asked.result()
    if account is None:
        return in_order(found)
    return in_order([*judged(found, graph, account), *live(graph, account)])


def in_order(found: Iterable[Finding]) -> list[Finding]:
    told = _most_severe(found)
    return sorted(told, key=lambda each: (ORDER.index(each.severity), each.place, each.id))


def _most_severe(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One of each fault of a property: two services may have stumbled over the same."""
    found: dict[tuple[str, ...], Finding] = {}
    for each in findings:
        key = (each.id, each.stack, each.resource, each.property)
        known = found.get(key)
        if known is None or ORDER.index(each.severity) < ORDER.index(known.severity):
            found[key] = each
    yield from found.values()
