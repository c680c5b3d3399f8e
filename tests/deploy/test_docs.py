"""What the documentation says of the deployment, against the code."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from deploy.ecs.cli.main import COMMANDS, cli
from deploy.ecs.services import causes
from deploy.ecs.services.causes import Evidence, Known, first_cause
from deploy.ecs.services.stopped import StoppedTask
from tests.deploy.settings_table import rows

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINE = re.compile(r"python -m deploy\.ecs ([a-z-]+[^`\n|>]*)")
SETTING = re.compile(
    r"^\| `([\w.]+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.+) \|$", re.MULTILINE
)
FAULT = re.compile(r"^\| ([A-Z]\d\d|-) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
TABLES = {
    "Before a task exists": causes.PLACEMENT,
    "While a stack is made": causes.REFUSED,
    "When a task stops": causes.STOPPING,
    "What the application says": causes.APPLICATION,
    "While a task runs": causes.HEALTH,
    "What is seen": causes.STATE,
    "Where nothing else explains it": causes.BREAKER,
}


def command_lines(path: Path) -> list[str]:
    return LINE.findall(path.read_text().replace("\\\n", " "))


def parse(line: str) -> None:
    """As click does before it calls a command. Raises click.ClickException."""
    name, *arguments = shlex.split(line, comments=True)
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command, line
    command.make_context(name, arguments, parent=context)


ALL = [(path, line) for path in FILES for line in command_lines(path)]


@pytest.mark.parametrize(("path", "line"), ALL, ids=[f"{path.name}: {line}" for path, line in ALL])
def test_a_command_can_be_given(path: Path, line: str) -> None:
    parse(line)


def test_the_list_of_commands_has_whole_sentences() -> None:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command
        assert command.name == name
        assert not command.get_short_help_str(62).endswith("..."), name


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    for name in COMMANDS:
        assert f"python -m deploy.ecs {name}" in text, name


def test_all_settings() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    found = SETTING.findall(text)
    assert [name for name, *_ in found] == list(rows())
    for name, *cells, _ in found:
        assert tuple(each.strip() for each in cells) == rows()[name], name


def known() -> Iterator[tuple[str, Known, tuple[str, str, str, str]]]:
    text = (ROOT / "docs" / "deployment-faults.md").read_text()
    for title, table in TABLES.items():
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        lines = FAULT.findall(section)
        assert len(lines) == len(table), title
        for each, line in zip(table, lines, strict=True):
            yield title, each, line


@pytest.mark.parametrize(("title", "known", "line"), list(known()), ids=lambda each: str(each)[:20])
def test_a_cause(title: str, known: Known, line: tuple[str, str, str, str]) -> None:
    """It is found in the message that stands there, by the whole of the code."""
    fault, message, cause, cure = line
    assert fault == (known.fault or "-")
    error = first_cause(evidence(title, message))
    assert (error.fault, error.cure) == (known.fault, cure)
    assert re.fullmatch(re.escape(cause).replace("…", ".+"), error.cause), error.cause


def evidence(title: str, message: str) -> Evidence:
    if title in {"Before a task exists", "While a stack is made"}:
        return Evidence("the service", events=[message])
    if title in {"What is seen", "Where nothing else explains it"}:
        return Evidence("the service", states=[message])
    if title == "While a task runs":
        return Evidence("the service", targets=[message])
    if title == "When a task stops":
        never = StoppedTask("0a1b", "accounts:1", "TaskFailedToStart", message, "", None, ())
        return Evidence("the service", stopped=[never])
    ended = StoppedTask("0a1b", "accounts:1", "EssentialContainerExited", "", "", 1, (message,))
    return Evidence("the service", stopped=[ended])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), target
