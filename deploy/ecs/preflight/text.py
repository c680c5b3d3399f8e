"""Findings on a terminal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from deploy.ecs.evaluator import Place, Stack
from deploy.ecs.preflight.finding import Finding, Severity

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def show(out: Console, findings: Sequence[Finding], stacks: Sequence[Stack]) -> None:
    for each in findings:
        if each.severity is Severity.NOTE:
            show_note(out, each)
        else:
            show_finding(out, each)
    out.print(summary(findings, stacks))


def show_finding(out: Console, finding: Finding) -> None:
    out.print(f"{_head(finding)} [dim]{escape(_where(finding.place))}[/]")
    for sentence in finding.why:
        out.print(f"    {escape(sentence)}")
    out.print(f"  [dim]AWS:[/] {escape(finding.message)}")
    out.print(f"  [green]Cure:[/] {escape(finding.cure)}\n")


def show_note(out: Console, finding: Finding) -> None:
    """A line: there may be many, and nothing hangs on them."""
    reason = finding.why[0] if finding.why else finding.message
    out.print(f"{_head(finding)} {escape(reason)} [dim]{escape(_where(finding.place))}[/]")


def _head(finding: Finding) -> str:
    colour = COLOURS[finding.severity]
    at = ".".join(each for each in (finding.resource, finding.property) if each)
    of = f"{finding.stack}/" if finding.stack else ""
    return f"[{colour}]{finding.severity} {finding.id}[/] [bold]{escape(of + at)}[/]"


def _where(place: Place) -> str:
    """As editors and terminals make a link of it."""
    try:
        file = place.file.resolve().relative_to(Path.cwd())
    except ValueError:
        file = place.file
    return f"{file}:{place.line}"


def summary(findings: Sequence[Finding], stacks: Sequence[Stack]) -> str:
    counts = Counter(each.severity for each in findings)
    told = ", ".join(_counted(counts[each], each.value) for each in Severity)
    resources = sum(len(each.resources) for each in stacks)
    return f"{told}, in {_counted(resources, 'resource')} of {_counted(len(stacks), 'stack')}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
