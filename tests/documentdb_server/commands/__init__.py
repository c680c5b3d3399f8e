"""The commands. Importing this package registers them."""

from tests.documentdb_server.commands import (
    authentication,
    collections,
    faults,
    handshake,
    indexes,
    reading,
    status,
    transactions,
    users,
    writing,
)
from tests.documentdb_server.commands.registry import COMMANDS

__all__ = [
    "COMMANDS",
    "authentication",
    "collections",
    "faults",
    "handshake",
    "indexes",
    "reading",
    "status",
    "transactions",
    "users",
    "writing",
]
