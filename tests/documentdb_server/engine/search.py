"""Carrying out a plan: reading, filtering, sorting, and counting what was read."""

from collections.abc import Iterator
from itertools import islice

from . import sorting
from .bson_types import Document
from .indexes import Index
from .matching import matcher
from .planner import Plan, Request, choose
from .text_search import bound


class Search:
    def __init__(
        self, documents: dict[int, Document], indexes: list[Index], request: Request, skip: int = 0
    ) -> None:
        self.documents = documents
        self.request = request
        self.skip = skip
        # Wrong operators are refused whatever the plan.
        self.matches = matcher(bound(request.query, indexes))
        self.plan: Plan = choose(request, indexes, len(documents))
        self.keys_examined = 0
        self.documents_examined = 0

    @property
    def must_sort(self) -> bool:
        return not self.plan.sorted

    def candidates(self) -> Iterator[int]:
        plan = self.plan
        if plan.index is None:
            yield from reversed(self.documents) if plan.backward else self.documents
            return
        seen: set[int] = set()
        for record_id in plan.index.scan(plan.ranges, backward=plan.backward):
            self.keys_examined += 1
            if plan.index.multikey:
                if record_id in seen:
                    continue
                seen.add(record_id)
            yield record_id

    def found(self) -> Iterator[int]:
        """The matching records, in the order in which they are read."""
        documents, matches = self.documents, self.matches
        for record_id in self.candidates():
            self.documents_examined += 1
            if self.plan.exact or matches(documents[record_id]):
                yield record_id

    def results(self) -> list[int]:
        """The records asked for, in the order asked for."""
        end = self.request.wanted or None
        if self.plan.sorted:
            return list(islice(self.found(), self.skip, end))
        key, documents = sorting.sorter(self.request.sort), self.documents
        ordered = sorting.first(
            self.found(), lambda record_id: key(documents[record_id]), self.request.wanted
        )
        return ordered[self.skip :]

    def count(self) -> int:
        """Without reading a document where the index alone can tell."""
        plan, end = self.plan, self.request.wanted or None
        if plan.index is not None and plan.exact:
            number = plan.index.count(plan.ranges)
        elif not self.request.query:
            number = len(self.documents)
        else:
            number = sum(1 for _ in islice(self.found(), end))
        return max(min(number, end or number) - self.skip, 0)
