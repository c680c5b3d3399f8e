"""A diagnosis on a terminal and as JSON."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from deploy.ecs.diagnose.diagnosis import Diagnosis
from deploy.ecs.diagnose.seen import LOG, Seen, with_logs
from deploy.ecs.errors import DeploymentError
from deploy.ecs.logs.text import entry
from deploy.ecs.services.events import brief

COLOURS = {"service": "cyan", "task": "yellow", "log": "dim", "target": "magenta", "stack": "blue"}
WIDTH = max(map(len, (*COLOURS, "deployment")))
SHORT = 12  # of a task's id


def show(out: Console, found: Iterable[Diagnosis]) -> None:
    for each in found:
        show_service(out, each)


def show_service(out: Console, found: Diagnosis) -> None:
    out.print(f"[bold]{escape(found.subject.service)}[/] in {escape(found.subject.cluster)}")
    for each in told(found.timeline):
        out.print(line(each))
    for text in found.state:
        out.print(escape(text))
    for text in found.not_looked_at:
        out.print(f"[yellow]Not looked at: {escape(text)}[/]")
    if found.problem is None:
        out.print("[green]Nothing is wrong.[/]")
    else:
        show_problem(out, found.problem)
    for error in found.besides:
        out.print(f"Besides: {escape(error.cause)} [dim]({error.fault})[/]")


def show_problem(out: Console, problem: DeploymentError) -> None:
    for text in problem.details:
        out.print(f"  [dim]{escape(text)}[/]")
    known = f" [dim]({problem.fault})[/]" if problem.fault else ""
    out.print(f"[bold red]Cause:[/] {escape(problem.cause)}{known}")
    out.print(f"[bold green]Cure:[/]  {escape(problem.cure)}")


def told(timeline: Iterable[Seen]) -> list[Seen]:
    """With the last lines of tasks; those with a time of their own once."""
    seen = list(timeline)
    timed = {each.subject for each in seen if each.source == LOG}
    lines = [each for each in with_logs(seen) if each.source != LOG or each.id == ""]
    kept = [each for each in with_logs(seen) if each.id and each.source == LOG]
    return sorted(
        [*lines, *(each for each in kept if each.subject not in timed)], key=lambda each: each.at
    )


def line(seen: Seen) -> Text:
    """Local time."""
    subject = seen.subject if seen.source in {"stack", "capacity"} else seen.subject[:SHORT]
    text = brief(seen.subject, seen.text)
    if seen.source == LOG:
        found = entry(seen.text)
        text = f"{found.level} {found.message}".strip()
    return Text.assemble(
        (f"{seen.at.astimezone():%m-%d %H:%M:%S}", "dim"),
        " ",
        (f"{seen.source:{WIDTH}}", COLOURS.get(seen.source, "")),
        f" {subject} ",
        text,
    )


def members(found: Diagnosis) -> dict[str, Any]:
    return {
        "cluster": found.subject.cluster,
        "service": found.subject.service,
        "well": found.problem is None,
        "problem": problem(found.problem) if found.problem else None,
        "besides": [problem(each) for each in found.besides],
        "state": list(found.state),
        "timeline": [event(each) for each in told(found.timeline)],
        "not_looked_at": found.not_looked_at,
    }


def problem(error: DeploymentError) -> dict[str, Any]:
    """`fault` is empty for what is in no table."""
    return {
        "fault": error.fault,
        "cause": error.cause,
        "cure": error.cure,
        "evidence": error.details,
    }


def event(seen: Seen) -> dict[str, Any]:
    return {
        "at": seen.at.isoformat(),
        "source": seen.source,
        "subject": seen.subject,
        "text": seen.text,
    }
