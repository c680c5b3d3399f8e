"""What people find on their first bill."""

from collections.abc import Iterator, Sequence

from deploy.ecs.cost.items import Item
from deploy.ecs.cost.prices import Prices
from deploy.ecs.graph import Graph, LogGroup


def surprises(graph: Graph, items: Sequence[Item], prices: Prices) -> Iterator[str]:
    if found := _of(items, "nat"):
        gb = prices.month("nat_gateway_gb")
        yield (
            f"{_counted(found, 'NAT gateway')}: {_sum(found)} a month before the first byte, and "
            f"{gb:.3f} for each GB through it."
        )
    if found := _of(items, "endpoint"):
        zones = int(sum(each.count for each in found))
        yield (
            f"{_counted(found, 'interface endpoint')} in {zones} zones altogether: {_sum(found)} a "
            "month. Each is paid once for every zone that it is in."
        )
    if found := _of(items, "address"):
        number = int(sum(each.count for each in found))
        yield (
            f"{number} public IPv4 addresses: {_sum(found)} a month, those of load balancers and "
            "NAT gateways too."
        )
    if found := _of(items, "documentdb"):
        yield (
            f"DocumentDB: {_sum(found)} a month at least. It has no smaller instance than "
            "db.t3.medium and db.t4g.medium, and is paid while nobody asks it."
        )
    forever = [
        each.resource.logical_id
        for each in graph.all(LogGroup)
        if each.given("RetentionInDays") is False
    ]
    if forever:
        yield (
            f"Logs kept for ever: {', '.join(forever)} has no RetentionInDays, and each GB costs "
            f"{prices.month('logs_kept_gb_month'):.3f} every month from then on."
        )


def _of(items: Sequence[Item], kind: str) -> list[Item]:
    return [each for each in items if each.kind.split()[0] == kind and each.count]


def _sum(items: Sequence[Item]) -> str:
    return f"{sum(each.month or 0 for each in items):.2f} USD"


def _counted(items: Sequence[Item], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
