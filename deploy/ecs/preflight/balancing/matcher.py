"""B04: codes that no health check can have, and such as an application seldom answers."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TargetGroup
from deploy.ecs.preflight.finding import Finding, error, note

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
OF_APPLICATION, OF_NETWORK = (200, 499), (200, 599)
Range = tuple[int, int]


def matcher(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(TargetGroup):
        written = group.text("Matcher", "HttpCode")
        check = group.health_check
        if written is None or check.is_of_network is None:
            continue
        bounds = OF_NETWORK if check.is_of_network else OF_APPLICATION
        if not all(_is_range(each, bounds) for each in written.split(",")):
            yield _invalid(group, written, bounds)
        elif check.accepts(200) is False:
            yield _unusual(group, written)


def _is_range(written: str, bounds: Range) -> bool:
    low, dash, high = (each.strip() for each in written.partition("-"))
    if not low.isdecimal() or (dash and not high.isdecimal()):
        return False
    return bounds[0] <= int(low) <= int(high or low) <= bounds[1]


def _invalid(group: TargetGroup, written: str, bounds: Range) -> Finding:
    name, (low, high) = group.resource.logical_id, bounds
    kind = "a network" if bounds == OF_NETWORK else "an application"
    return error(
        "B04",
        group,
        "Matcher",
        "HttpCode",
        why=[
            f"The target group {name} takes the codes {written!r} for healthy.",
            f"The health checks of {kind} load balancer know codes from {low} to {high}, such as "
            '"200", "200,302" and "200-399".',
        ],
        message=f"{name} cannot be created: Health check matcher HTTP code {written!r} must be "
        f"within '{low}-{high}' inclusive.",
        cure=f"Write codes from {low} to {high} in Matcher.HttpCode of {name}.",
    )


def _unusual(group: TargetGroup, written: str) -> Finding:
    name = group.resource.logical_id
    return note(
        "B04",
        group,
        "Matcher",
        "HttpCode",
        why=[
            f"The target group {name} takes only {written} for healthy.",
            f"An application that answers {group.health_check.path or 'the check'} with 200 is "
            "unhealthy by that.",
        ],
        message="Health checks failed with these codes: [200]",
        cure=f"If it answers 200, put 200 into Matcher.HttpCode of {name}.",
    )
