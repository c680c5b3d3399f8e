"""What is free of a month, for accounts that still have the twelve months' free tier."""

from collections.abc import Iterable
from dataclasses import replace

from deploy.ecs.cost.items import Item
from deploy.ecs.cost.prices import HOURS, free


def without_free(items: Iterable[Item]) -> list[Item]:
    """Each allowance is used up in the order of the items."""
    left = _allowances()
    return [_reduced(each, left) for each in items]


def _allowances() -> dict[str, float]:
    """In units of the items: whole months of an instance, GiB of a disk."""
    table = free()
    found = {"balancer": table["load_balancer_hours"] / HOURS}
    found |= {"address": table["public_address_hours"] / HOURS}
    found |= {"disk": table["disk_gb"], "rds disk": table["rds_disk_gb"]}
    found |= {"instance": table["instance_hours"] / HOURS, "rds": table["rds_hours"] / HOURS}
    return found


def _reduced(item: Item, left: dict[str, float]) -> Item:
    name = _allowance(item.kind)
    if name is None or item.month is None or not item.count:
        return item
    used = min(item.count, left[name])
    left[name] -= used
    return replace(item, month=round(item.month * (1 - used / item.count), 2))


def _allowance(kind: str) -> str | None:
    table, (first, _, size) = free(), kind.partition(" ")
    if first == "instance":
        return first if size in table["instance_types"] else None
    if first == "rds" and size != "disk":
        return first if size in table["rds_classes"] else None
    return kind if kind in _allowances() else None
