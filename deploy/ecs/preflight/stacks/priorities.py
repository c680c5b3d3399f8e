"""Whether each rule of a listener has a priority of its own."""

from collections import defaultdict
from collections.abc import Iterator

from deploy.ecs.graph import Graph, Listener, ListenerRule
from deploy.ecs.preflight.finding import Finding, error


def priorities_differ(graph: Graph) -> Iterator[Finding]:
    for listener in graph.all(Listener):
        found: dict[int, list[ListenerRule]] = defaultdict(list)
        for rule in listener.rules:
            if rule.priority is not None and rule.exists:
                found[rule.priority].append(rule)
        for priority, rules in found.items():
            for rule in rules[1:]:
                yield error(
                    "X08",
                    rule,
                    "Priority",
                    why=(
                        f"{rules[0].resource.logical_id} has priority {priority} on "
                        f"{listener.resource.logical_id} already.",
                    ),
                    message=f"PriorityInUse: Priority '{priority}' is currently in use",
                    cure="Give it another number.",
                )
