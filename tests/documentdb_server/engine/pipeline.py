"""Aggregation pipelines: what a find can do is left to it, the rest is stages."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from . import explain
from .bson_types import Document
from .collection import Collection
from .errors import CommandError
from .grouping import counted_group, group
from .other_collections import lookup, output
from .reports import collection_stats, index_stats
from .search import Search
from .stages import STAGES, Stage, is_number, sort

NOT_ONE_STAGE = 40323
UNRECOGNIZED_STAGE = 40324
NOT_LAST_STAGE = 40601
NOT_FIRST_STAGE = 40602

REPORTS: dict[str, Callable[[Collection], Iterable[Document]]] = {
    "$collStats": collection_stats,
    "$indexStats": index_stats,
}


class Database(Protocol):
    """What a pipeline asks of the database that it runs in."""

    def collection(self, name: str) -> Collection | None: ...

    def ensure(self, name: str) -> Collection: ...


@dataclass
class Head:
    """The leading $match, $sort, $skip and $limit: a search, which can use an index."""

    queries: list[Document] = field(default_factory=list)
    sort: Document | None = None
    skip: int = 0
    limit: int = 0

    @property
    def query(self) -> Document:
        return (
            self.queries[0]
            if len(self.queries) == 1
            else {"$and": self.queries}
            if self.queries
            else {}
        )

    def take(self, stages: list[Document]) -> list[Document]:
        """Take what it can; the rest is returned."""
        rest = list(stages)
        while rest and "$match" in rest[0]:
            self.queries.append(rest.pop(0)["$match"])
        if rest and "$sort" in rest[0]:
            self.sort = rest.pop(0)["$sort"]
        if rest and is_number(rest[0].get("$skip")) and rest[0]["$skip"] >= 0:
            self.skip = int(rest.pop(0)["$skip"])
        if rest and is_number(rest[0].get("$limit")) and rest[0]["$limit"] > 0:
            self.limit = int(rest.pop(0)["$limit"])
        return rest

    def search(self, collection: Collection) -> Search:
        return collection.search(self.query, sort=self.sort, skip=self.skip, limit=self.limit)


class Pipeline:
    def __init__(self, database: Database, name: str | None, stages: list[Document]) -> None:
        """The name is None for a pipeline that reads no collection."""
        for stage in stages:
            if not isinstance(stage, dict) or len(stage) != 1:
                raise CommandError(
                    NOT_ONE_STAGE, "A pipeline stage specification object must contain one field."
                )
        self.database = database
        self.collection = None if name is None else database.collection(name)
        self.head = Head()
        self.rest = self.head.take(stages)

    def run(self) -> list[Document]:
        rest = self.rest
        documents: Iterable[Document] = []
        if self.collection is not None:
            documents, rest = self.source(self.collection)
        for stage in self.compiled(rest):
            documents = stage(documents)
        return list(documents)

    def source(self, collection: Collection) -> tuple[Iterable[Document], list[Document]]:
        """The first documents, and the stages still to be carried out on them."""
        if self.rest:
            ((operator, operand),) = self.rest[0].items()
            if operator in REPORTS and self.head == Head():
                return REPORTS[operator](collection), self.rest[1:]
            count = counted_group(operator, operand)
            if count is not None:
                return count(self.head.search(collection).count()), self.rest[1:]
        search = self.head.search(collection)
        return [search.documents[record_id] for record_id in search.results()], self.rest

    def compiled(self, stages: list[Document]) -> Iterator[Stage]:
        for place, stage in enumerate(stages):
            ((operator, operand),) = stage.items()
            following = stages[place + 1 :]
            if operator == "$sort":
                yield sort(operand, wanted(following))
            elif operator == "$group":
                yield group(operand)
            elif operator == "$lookup":
                yield lookup(operand, self.database)
            elif operator == "$out":
                if following:
                    raise CommandError(NOT_LAST_STAGE, "$out can only be the final stage")
                yield output(operand, self.database)
            elif operator in REPORTS:
                raise CommandError(
                    NOT_FIRST_STAGE, f"{operator} is only valid as the first stage in a pipeline."
                )
            elif operator in STAGES:
                yield STAGES[operator](operand)
            else:
                raise CommandError(
                    UNRECOGNIZED_STAGE, f"Unrecognized pipeline stage name: '{operator}'"
                )

    def explain(self) -> Document:
        """The search's plan; the stages that follow it are only named."""
        if self.collection is None:
            return {"queryPlanner": {"winningPlan": {"stage": "EOF"}}, "ok": 1.0}
        search = self.head.search(self.collection)
        return {
            **explain.explain(search, self.collection.namespace, self.head.limit),
            "stages": [name for stage in self.rest for name in stage],
        }


def wanted(following: list[Document]) -> int:
    """How many of the sorted documents the stages that follow let through; 0 is all."""
    head = Head()
    head.take(following)
    if head.queries or head.sort is not None or not head.limit:
        return 0
    return head.skip + head.limit
