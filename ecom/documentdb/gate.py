"""A listener to all commands that warns of what DocumentDB 5.0 would refuse.

For development and tests against another server, such as MongoDB: OPTIONS = {"gate": True}.
"""

import logging
from typing import NamedTuple

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from ecom.documentdb.constructs import Construct, not_supported, unsupported

logger = logging.getLogger(__name__)


class Violation(NamedTuple):
    command: str
    collection: str
    construct: Construct


class Gate(CommandListener):
    """Keeps and logs each violation once. Values are neither kept nor logged."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.warned: set[Construct] = set()

    def started(self, event: CommandStartedEvent) -> None:
        if not event.command:  # pymongo hides the commands that hold passwords
            return
        for construct in unsupported(event.command):
            collection = event.command.get(event.command_name)
            where = collection if isinstance(collection, str) else event.database_name
            violation = Violation(event.command_name, where, construct)
            if violation not in self.violations:
                self.violations.append(violation)
            if construct not in self.warned:
                self.warned.add(construct)
                sentence = not_supported([construct])
                logger.warning("%s on %s: %s", event.command_name, where, sentence)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass
