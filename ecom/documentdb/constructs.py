"""Which constructs a MongoDB command uses, and which of them Amazon DocumentDB 5.0 lacks."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ecom.documentdb import supported
from ecom.documentdb.advice import ADVICE
from ecom.documentdb.syntax import (
    Construct,
    Document,
    changes,
    field_names,
    partial_filter,
    pipeline,
    query,
)

__all__ = ["ADVICE", "SUPPORTED", "Construct", "constructs", "not_supported", "unsupported"]


SUPPORTED: Mapping[str, frozenset[str]] = {
    "command": supported.COMMANDS | supported.DRIVER_COMMANDS,
    "option": frozenset(),
    "field name": frozenset(),
    "query operator": supported.QUERY_OPERATORS,
    "projection operator": supported.PROJECTION_OPERATORS,
    "update": frozenset(),
    "update operator": supported.UPDATE_OPERATORS,
    "stage": supported.STAGES,
    "lookup": frozenset({"$lookup"}),
    "accumulator": supported.ACCUMULATORS,
    "expression": supported.EXPRESSIONS,
    "variable": supported.VARIABLES,
    "index type": supported.INDEX_TYPES,
    "index option": supported.INDEX_OPTIONS,
    "partial index operator": supported.PARTIAL_INDEX_OPERATORS,
}

# Drivers spell these commands in more than one way.
SPELLINGS = {"ismaster": "isMaster", "buildinfo": "buildInfo", "findandmodify": "findAndModify"}

# Refused wherever they stand (mongo-apis, "Cursor methods").
OPTIONS = (
    "collation",
    "min",
    "max",
    "noCursorTimeout",
    "returnKey",
    "showRecordId",
    "tailable",
    "capped",
    "timeseries",
    "viewOn",
)


def unsupported(command: Document) -> list[Construct]:
    """The constructs of a command that DocumentDB 5.0 refuses, each once, in order of use."""
    found = (each for each in constructs(command) if each.name not in SUPPORTED[each.kind])
    return list(dict.fromkeys(found))


def not_supported(lacking: Iterable[Construct]) -> str:
    """A sentence that names the constructs, each followed by a way out."""
    sentences = []
    for kind, name in lacking:
        described = name if kind in ("lookup", "field name", "update") else f"{kind} {name}"
        advice = ADVICE.get(name, "Write the query without it, or compute it in Python.")
        sentences.append(f"Amazon DocumentDB 5.0 does not support {described}. {advice}")
    return " ".join(sentences)


def constructs(command: Document) -> Iterator[Construct]:
    """Each construct that a command, as it is sent to the server, uses."""
    written = next(iter(command))
    name = SPELLINGS.get(written.lower(), written)
    yield Construct("command", name)
    if name in supported.DRIVER_COMMANDS:
        return
    yield from _options(name, command)
    if arguments := _ARGUMENTS.get(name):
        yield from arguments(command)


def _options(name: str, command: Document) -> Iterator[Construct]:
    for option in OPTIONS:
        if command.get(option):
            yield Construct("option", option)
    # A transaction's commands have autocommit; txnNumber alone is a retryable write.
    if "txnNumber" in command and "autocommit" not in command:
        yield Construct("option", "txnNumber")
    if name == "listCollections" and "type" in (command.get("filter") or {}):
        yield Construct("option", "listCollections filter on type")
    if name == "collMod" and "hidden" in (command.get("index") or {}):
        yield Construct("index option", "hidden")


def _find(command: Document) -> Iterator[Construct]:
    yield from query(command.get("filter") or {})
    for value in (command.get("projection") or {}).values():
        if isinstance(value, Mapping):
            for operator, argument in value.items():
                yield Construct("projection operator", operator)
                if operator == "$elemMatch":
                    yield from query(argument)


def _aggregate(command: Document) -> Iterator[Construct]:
    yield from pipeline(command["pipeline"])


def _insert(command: Document) -> Iterator[Construct]:
    for document in command.get("documents", ()):
        yield from field_names(document)


def _update(command: Document) -> Iterator[Construct]:
    for update in command.get("updates", ()):
        yield from query(update["q"])
        yield from changes(update["u"])
        for condition in update.get("arrayFilters") or ():
            yield from query(condition)
        if "collation" in update:
            yield Construct("option", "collation")


def _delete(command: Document) -> Iterator[Construct]:
    for delete in command.get("deletes", ()):
        yield from query(delete["q"])
        if "collation" in delete:
            yield Construct("option", "collation")


def _find_and_modify(command: Document) -> Iterator[Construct]:
    yield from query(command.get("query") or {})
    yield from changes(command.get("update") or {})
    for condition in command.get("arrayFilters") or ():
        yield from query(condition)


def _matching(command: Document) -> Iterator[Construct]:
    yield from query(command.get("query") or {})


def _explain(command: Document) -> Iterator[Construct]:
    yield from constructs(command["explain"])


def _create_indexes(command: Document) -> Iterator[Construct]:
    for index in command.get("indexes", ()):
        for option in index:
            yield Construct("index option", option)
        for field, kind in index["key"].items():
            if "$**" in field:
                yield Construct("index type", "wildcard")
            elif isinstance(kind, str):
                yield Construct("index type", kind)
        yield from partial_filter(index.get("partialFilterExpression") or {}, top=True)


_ARGUMENTS: Mapping[str, Callable[[Document], Iterator[Construct]]] = {
    "find": _find,
    "aggregate": _aggregate,
    "insert": _insert,
    "update": _update,
    "delete": _delete,
    "findAndModify": _find_and_modify,
    "count": _matching,
    "distinct": _matching,
    "explain": _explain,
    "createIndexes": _create_indexes,
}
