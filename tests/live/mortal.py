"""A piece of a service in a process of its own, ended by SIGKILL amid its work.

    python -m tests.live.mortal 3 "from accounts.models import User; User.objects.count()"

It dies before its third command to the database; a COMMIT is one, too.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import django
from pymongo import monitoring


class Fate(monitoring.CommandListener):
    number: ClassVar[int]  # of the command that it does not live to send

    @classmethod
    def strike(cls) -> None:
        cls.number -= 1
        if not cls.number:
            os.kill(os.getpid(), signal.SIGKILL)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.strike()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def execute(execute: Callable[..., Any], *arguments: Any) -> Any:
    Fate.strike()
    return execute(*arguments)


def main() -> None:
    number, code = sys.argv[1:]
    Fate.number = int(number)
    monitoring.register(Fate())
    django.setup()
    from django.db import connection

    if connection.vendor != "mongodb":
        commit = connection.commit
        connection.commit = lambda: execute(commit)  # type: ignore[method-assign]
        connection.execute_wrappers.append(execute)
    exec(code)


if __name__ == "__main__":
    main()
