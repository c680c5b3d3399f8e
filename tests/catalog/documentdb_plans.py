"""What a request costs on DocumentDB, by its own word: each command is sent again, explained."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from pymongo import monitoring

Command = dict[str, Any]
EXPLAINED = {"find", "aggregate", "update", "delete"}
# What a driver adds to a command, and explain takes no more.
ADDED = {"lsid", "$db", "$clusterTime", "$readPreference", "txnNumber", "apiVersion"}


class Recorder(monitoring.CommandListener):
    """Registered before the first client is made (conftest.py); keeps nothing unless asked to."""

    commands: list[Command] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.commands is not None and event.command_name in EXPLAINED:
            self.commands.append({k: v for k, v in event.command.items() if k not in ADDED})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


recorder = Recorder()


@contextmanager
def recorded() -> Iterator[list[Command]]:
    """What the catalog's collections are asked, but for documents by their `_id`."""
    asked: list[Command] = []
    everything: list[Command] = []
    recorder.commands = everything
    try:
        yield asked
    finally:
        recorder.commands = None
    asked += [command for command in everything if needs_an_index(command)]


def needs_an_index(command: Command) -> bool:
    name, collection = next(iter(command.items()))
    return str(collection).startswith("catalog_") and "_id" not in conditions(command, name)


def conditions(command: Command, name: str) -> Mapping[str, Any]:
    if name == "find":
        found: Mapping[str, Any] = command["filter"]
        return found
    return {}


def analyse() -> None:
    """It keeps its statistics by itself."""


def explained(command: Command) -> dict[str, Any]:
    answer: dict[str, Any] = connection.database.command(  # type: ignore[attr-defined]
        "explain", command, verbosity="executionStats"
    )
    return answer


def stages(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in [plan.get("inputStage"), *plan.get("inputStages", [])]:
        if child:
            yield from stages(child)


def check_index(command: Command, url: str) -> list[str]:
    """The names of the indexes that are used: there is one wherever documents are looked for."""
    plan = explained(command)["queryPlanner"]["winningPlan"]
    found = list(stages(plan))
    assert "COLLSCAN" not in {stage["stage"] for stage in found}, (url, command, plan)
    return [stage["indexName"] for stage in found if "indexName" in stage]


def check_page(asked: list[Command], rows: int, url: str) -> None:
    """All of it comes from indexes in their order, and at most `rows` documents are read."""
    assert asked
    total = 0
    for command in asked:
        answer = explained(command)
        names = {stage["stage"] for stage in stages(answer["queryPlanner"]["winningPlan"])}
        assert not names & {"COLLSCAN", "SORT"}, (url, command, answer)
        total += answer["executionStats"]["totalDocsExamined"]
    assert total <= rows, (url, asked)
