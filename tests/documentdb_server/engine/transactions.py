"""Transactions: what to undo, what to write down, and who may not touch what meanwhile.

A transaction's writes are seen by everybody at once; other writers are kept off by a conflict.
They reach the journal, as one record, when it commits.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager

from .bson_types import Document
from .errors import NO_SUCH_TRANSACTION, WRITE_CONFLICT, CommandError
from .journal import Journal

Claim = tuple[str, Hashable]  # a namespace and what of it


class Transaction:
    def __init__(self, log: "Log") -> None:
        self.log = log
        self.records: list[Document] = []
        self.undo: list[Callable[[], None]] = []
        self.open = True

    def commit(self) -> None:
        self.end()
        if self.records:
            self.log.append({"op": "commit", "records": self.records})

    def abort(self) -> None:
        self.end()
        for undo in reversed(self.undo):
            undo()

    def end(self) -> None:
        self.check()
        self.open = False
        self.log.release(self)

    def check(self) -> None:
        if not self.open:
            raise CommandError(NO_SUCH_TRANSACTION, "the transaction has ended")


class Log:
    """Where the collections report what they write."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal
        self.transaction: Transaction | None = None
        self.claims: dict[Claim, Transaction] = {}

    @contextmanager
    def within(self, transaction: Transaction) -> Iterator[None]:
        transaction.check()
        self.transaction = transaction
        try:
            yield
        finally:
            self.transaction = None

    def claim(self, namespace: str, keys: Iterable[Hashable]) -> None:
        """Keep these for the current transaction; a conflict if another one has any of them."""
        if not self.claims and self.transaction is None:
            return
        claims = [(namespace, key) for key in keys]
        for claim in claims:
            if self.claims.get(claim, self.transaction) is not self.transaction:
                raise conflict(namespace)
        if self.transaction is not None:
            self.claims |= dict.fromkeys(claims, self.transaction)

    def wrote(self, record: Document, undo: Callable[[], None]) -> None:
        if self.transaction is None:
            self.append(record)
        else:
            self.transaction.records.append(record)
            self.transaction.undo.append(undo)

    def restructured(self, namespace: str, record: Document) -> None:
        """Changes of collections and indexes are no part of a transaction.

        To be called before the change: an open transaction that wrote there keeps it off.
        """
        if any(claimed == namespace for claimed, _ in self.claims):
            raise conflict(namespace)
        self.append(record)

    def append(self, record: Document) -> None:
        if self.journal is not None:
            self.journal.append(record)

    def release(self, transaction: Transaction) -> None:
        self.claims = {
            claim: owner for claim, owner in self.claims.items() if owner is not transaction
        }


def conflict(namespace: str) -> CommandError:
    return CommandError(
        WRITE_CONFLICT,
        f"WriteConflict: another transaction has changed this in {namespace}. Please retry.",
    )
