"""The sum, with what it is of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deploy.ecs.cost.free_tier import without_free
from deploy.ecs.cost.items import Item, items, made_besides
from deploy.ecs.cost.prices import Prices
from deploy.ecs.cost.surprises import surprises
from deploy.ecs.evaluator import Stack
from deploy.ecs.graph import Graph
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Parts

OF_EACH_SERVICE = 3  # its own, its database user's, and the owner's of its tables


@dataclass(frozen=True)
class Estimate:
    items: list[Item]
    surprises: list[str]
    prices: Prices

    @property
    def month(self) -> float:
        """USD."""
        return round(sum(each.month or 0 for each in self.items), 2)

    @property
    def unpriced(self) -> list[Item]:
        return [each for each in self.items if each.month is None]

    def members(self) -> dict[str, Any]:
        return {
            "month": self.month,
            "currency": "USD",
            "region": self.prices.region,
            "as_of": self.prices.as_of,
            "items": [asdict(each) for each in self.items],
            "unpriced": [each.what for each in self.unpriced],
            "surprises": self.surprises,
        }


def estimate(
    stacks: Sequence[Stack], region: str | None, *, free_tier: bool = False, secrets: int = 0
) -> Estimate:
    """`secrets` are those that no stack makes. Prices are of another region where the table has
    none of that one."""
    graph, prices = Graph.of(stacks), Prices.of(region)
    found = [each for each in items(graph, prices) if each.count]
    if secrets:
        found.append(made_besides(secrets, prices))
    paid = without_free(found) if free_tier else found
    return Estimate(paid, list(surprises(graph, paid, prices)), prices)


def of_deployment(parts: Parts, *, free_tier: bool = False) -> Estimate:
    """With the secrets that up makes for each service."""
    deployment = parts.deployment
    secrets = OF_EACH_SERVICE * len(deployment.services)
    stacks = Preview(parts, deployment.account).stacks()
    return estimate(stacks, deployment.region, free_tier=free_tier, secrets=secrets)
