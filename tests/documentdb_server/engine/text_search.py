"""$text: words and phrases in the fields of the collection's text index, without stemming."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .bson_types import Document
from .errors import FAILED_TO_PARSE, INDEX_NOT_FOUND, CommandError
from .indexes import Index
from .paths import opened_at

TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')


class TextSearch:
    """Any of the words, each of the phrases, and nothing that has a minus before it."""

    def __init__(self, specification: Any, index: Index) -> None:
        if not isinstance(specification, dict) or "$search" not in specification:
            raise CommandError(FAILED_TO_PARSE, "$text needs a $search")
        self.values = [opened_at(path) for path, kind in index.pattern.items() if kind == "text"]
        self.flags = 0 if specification.get("$caseSensitive") else re.IGNORECASE
        self.words: list[re.Pattern[str]] = []
        self.phrases: list[re.Pattern[str]] = []
        self.unwanted: list[re.Pattern[str]] = []
        for minus, phrase, word in TERM.findall(specification["$search"]):
            pattern = re.compile(rf"\b{re.escape(phrase or word)}\b", self.flags)
            (self.unwanted if minus else self.phrases if phrase else self.words).append(pattern)

    def __call__(self, document: Document) -> bool:
        text = "\n".join(self.texts(document))
        if any(pattern.search(text) for pattern in self.unwanted):
            return False
        if not all(pattern.search(text) for pattern in self.phrases):
            return False
        return bool(self.phrases) or any(pattern.search(text) for pattern in self.words)

    def texts(self, document: Document) -> Iterator[str]:
        for values in self.values:
            yield from (value for value in values(document) if isinstance(value, str))


def bound(query: Document, indexes: Iterable[Index]) -> Document:
    """The query with its $text tied to the text index, which it needs one of (27)."""
    found: Document = {}
    for name, value in query.items():
        if name == "$text":
            found[name] = TextSearch(value, text_index(indexes))
        elif name in {"$and", "$or"} and isinstance(value, list):
            found[name] = [
                bound(clause, indexes) if isinstance(clause, dict) else clause for clause in value
            ]
        else:
            found[name] = value
    return found


def text_index(indexes: Iterable[Index]) -> Index:
    for index in indexes:
        if "text" in index.pattern.values():
            return index
    raise CommandError(INDEX_NOT_FOUND, "text index required for $text query")
