"""Chooses how to find a query's documents: through which index, in which direction."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from . import intervals
from .bson_types import Document
from .conditions import conditions
from .errors import BAD_VALUE, CommandError
from .implication import files_all_matches
from .indexes import Index, Range
from .intervals import EVERYTHING, Intervals

Sort = dict[str, Any]

MOST_RANGES = 2000
SORTING = 1.1  # what reading and sorting a document costs, if reading it costs 1


@dataclass(frozen=True)
class Plan:
    """How to read the candidates. Without an index, every document is one."""

    index: Index | None = None
    ranges: tuple[Range, ...] = ()
    backward: bool = False
    sorted: bool = False  # the candidates come in the order asked for
    exact: bool = False  # every candidate is a match


@dataclass(frozen=True)
class Request:
    query: Document
    sort: Sort
    wanted: int  # skip and limit together; 0 is all
    hint: str | Sort | None = None


def choose(request: Request, indexes: list[Index], size: int) -> Plan:
    """The cheapest plan. The estimate of what matches is the shortest range of any index."""
    if request.hint is not None:
        return hinted(request, indexes)
    if is_natural(request.sort):
        return Plan(backward=request.sort["$natural"] < 0, sorted=True)
    plans = [plan for index in indexes if (plan := through(index, request)) is not None]
    counts = [plan.index.count(plan.ranges) for plan in plans if plan.index is not None]
    matches = max(1, min(counts, default=size))
    best, best_cost = (
        Plan(sorted=not request.sort),
        cost(request, not request.sort, size, matches, size),
    )
    for plan, count in zip(plans, counts, strict=True):
        plan_cost = cost(request, plan.sorted, count, matches, size)
        if plan_cost <= best_cost and (best.index is None or plan_cost < best_cost):
            best, best_cost = plan, plan_cost
    return best


def cost(request: Request, in_order: bool, candidates: int, matches: int, size: int) -> float:
    if not in_order:
        return candidates * SORTING
    if not request.wanted:
        return candidates
    return min(candidates, request.wanted * max(candidates / matches, 1))


def is_natural(sort: Any) -> bool:
    return isinstance(sort, dict) and "$natural" in sort


def hinted(request: Request, indexes: list[Index]) -> Plan:
    hint = request.hint
    if isinstance(hint, dict) and is_natural(hint):
        return Plan(backward=hint["$natural"] < 0, sorted=not request.sort)
    for index in indexes:
        if hint == index.name or (
            isinstance(hint, dict) and list(hint.items()) == list(index.pattern.items())
        ):
            plan = through(index, request, hinted=True)
            if plan is not None:
                return plan
    raise CommandError(
        BAD_VALUE, "planner returned error: hint provided does not correspond to an existing index"
    )


def through(index: Index, request: Request, *, hinted: bool = False) -> Plan | None:
    """A plan with this index, or None if it has nothing to offer to this query."""
    if not index.searchable or not files_all_matches(index, request.query):
        return None
    bounds = bounds_of(index, request.query, hinted=hinted)
    backward = direction(index, bounds, request.sort)
    if not hinted and not bounds and (not request.sort or backward is None):
        return None
    return Plan(
        index,
        tuple(ranges_of(index, bounds)),
        backward=bool(backward),
        sorted=backward is not None,
        exact=is_exact(index, len(bounds), request.query),
    )


def bounds_of(index: Index, query: Document, *, hinted: bool) -> list[Intervals]:
    """For each leading field that the query restricts, the intervals of its keys.

    All but the last are points. With arrays only the first field counts, since the conditions on
    two fields may be met by different elements.
    """
    bounds: list[Intervals] = []
    ranges = 1
    for path in list(index.pattern)[: 1 if index.multikey else None]:
        found = intervals.of_query(query, path, multikey=index.multikey, hinted=hinted)
        if found is None:
            break
        ranges *= len(found)
        if bounds and ranges > MOST_RANGES:
            break
        bounds.append(found)
        if not all(interval.is_point for interval in found):
            break
    return bounds


def ranges_of(index: Index, bounds: list[Intervals]) -> Iterator[Range]:
    """In the order of the index."""
    directions = index.pattern.values()
    in_order = [
        found if order > 0 else [interval.inverted() for interval in reversed(found)]
        for found, order in zip(bounds or [EVERYTHING], directions, strict=False)
    ]
    for *points, last in product(*in_order):
        prefix = b"".join(point.low.prefix for point in points)
        yield prefix + last.low.position, prefix + last.high.position


def direction(index: Index, bounds: list[Intervals], sort: Sort) -> bool | None:
    """Whether to read backwards for this order, or None if the index does not give it.

    Fields that the query fixes to one value play no part in an order.
    """
    if index.multikey and sort:
        return None
    fixed = {
        path
        for path, found in zip(index.pattern, bounds, strict=False)
        if len(found) == 1 and found[0].is_point
    }
    wanted = [(path, order) for path, order in sort.items() if path not in fixed]
    offered = [(path, order) for path, order in index.pattern.items() if path not in fixed]
    if [path for path, _ in wanted] != [path for path, _ in offered[: len(wanted)]]:
        return None
    opposite = {
        (order > 0) != (own > 0) for (_, order), (_, own) in zip(wanted, offered, strict=False)
    }
    return None if len(opposite) > 1 else True in opposite


def is_exact(index: Index, bounded: int, query: Document) -> bool:
    """Whether the ranges say all that the query says."""
    paths = list(index.pattern)[:bounded]
    return not index.multikey and all(
        condition.path in paths
        and intervals.of_operator(condition.operator, condition.operand) is not None
        for condition in conditions(query)
    )
