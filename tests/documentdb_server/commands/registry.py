"""Which function answers which command, and what holds for the command."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bson

from tests.documentdb_server.request import Request

# A document, or one that is encoded already.
Reply = dict[str, Any] | bytes
Run = Callable[[Request], Reply]

OK = bson.encode({"ok": 1.0})


class Role(enum.Enum):
    """Of the member that may answer."""

    ANY = enum.auto()
    READER = enum.auto()  # the primary, and others if the client's read preference says so
    PRIMARY = enum.auto()


@dataclass(frozen=True)
class Command:
    name: str
    run: Run
    role: Role
    login: bool  # whether a user is needed, where there are any
    in_transaction: bool
    control: bool  # of the stand-in, so not among DocumentDB's commands


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    role: Role = Role.ANY,
    *,
    login: bool = True,
    in_transaction: bool = False,
    control: bool = False,
) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        COMMANDS[name] = Command(name, run, role, login, in_transaction, control)
        return run

    return register
