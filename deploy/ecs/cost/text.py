"""Costs on a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.ecs.cost.estimate import Estimate
from deploy.ecs.cost.items import Item


def show(out: Console, found: Estimate) -> None:
    table = Table("USD a month", "", "what", box=None, pad_edge=False)
    table.columns[0].justify = table.columns[1].justify = "right"
    for what, items in _grouped(found.items).items():
        count = sum(each.count for each in items)
        table.add_row(_month(items), f"{count:g}", escape(what))
    out.print(table)
    out.print(f"[bold]{found.month:.2f} USD a month[/], {_basis(found)}")
    for sentence in found.surprises:
        out.print(f"[yellow]Mind:[/] {escape(sentence)}")


def _grouped(items: Sequence[Item]) -> dict[str, list[Item]]:
    """What is alike, the dearest first."""
    found: dict[str, list[Item]] = {}
    for each in items:
        found.setdefault(each.what, []).append(each)
    return dict(sorted(found.items(), key=lambda one: -sum(each.month or 0 for each in one[1])))


def compare(out: Console, found: Mapping[str, Estimate]) -> None:
    """One below the other's kinds, and side by side their months."""
    kinds = dict.fromkeys(each.kind.split()[0] for one in found.values() for each in one.items)
    table = Table("USD a month", *found, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in kinds:
        sums = [_sum_of(kind, each) for each in found.values()]
        table.add_row(escape(kind), *(f"{each:.2f}" if each else "-" for each in sums))
    table.add_row("[bold]together[/]", *(f"[bold]{each.month:.2f}[/]" for each in found.values()))
    out.print(table)
    out.print(_basis(next(iter(found.values()))))


def _sum_of(kind: str, found: Estimate) -> float:
    return sum(each.month or 0 for each in found.items if each.kind.split()[0] == kind)


def _month(items: Sequence[Item]) -> str:
    known = [each.month for each in items if each.month is not None]
    return f"{sum(known):.2f}" if len(known) == len(items) else "?"


def _basis(found: Estimate) -> str:
    prices = found.prices
    unknown = ", ".join(each.what for each in found.unpriced)
    return (
        f"list prices of {prices.region}, {prices.as_of}; without traffic, requests, logs and "
        f"taxes.{f' No price is known here for: {unknown}.' if unknown else ''}"
    )
