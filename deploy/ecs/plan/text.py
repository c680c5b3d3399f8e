"""A plan on a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from deploy.ecs.plan.losses import LOSSES
from deploy.ecs.plan.plan import Plan, PlannedChange, PlannedStack

SIGNS = {
    "create": "[green]+[/]",
    "change": "[yellow]~[/]",
    "replace": "[red]±[/]",
    "may replace": "[red]±[/]",
    "remove": "[red]-[/]",
}
# Named one by one, for what they cost or keep.
IMPORTANT = {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CertificateManager::Certificate",
    "AWS::DocDB::DBInstance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Service",
    *LOSSES,
} - {"AWS::Logs::LogGroup", "AWS::SSM::Parameter", "AWS::SNS::Topic"}
HEADS = {
    "create": "[green]will be created[/]",
    "create again": "[green]will be created again[/]",
    "update": "[yellow]will be updated[/]",
    "unchanged": "[dim]unchanged[/]",
    "wait": "[yellow]is being changed: up waits[/]",
    "mend": "[red]will be mended first[/]",
}


def show(out: Console, plan: Plan, picture: Sequence[str]) -> None:
    for warning in plan.warnings:
        out.print(f"[yellow]{escape(warning)}[/]")
    for stack in plan.stacks:
        show_stack(out, stack)
    if plan.image:
        out.print(f"[bold]image[/] {escape(plan.image.text)}")
    for name in plan.secrets:
        out.print(f"{SIGNS['create']} the secret {escape(name)}")
    for service, tasks in plan.tasks.items():
        if tasks:
            out.print(f"[bold]{service}[/] before its update: {', '.join(tasks)}")
    for name in plan.left:
        out.print(
            f"[yellow]The stack {escape(name)} is there, and deployment.toml names it no longer. "
            "up leaves it; delete it when nothing uses it.[/]"
        )
    if picture:
        out.print("[bold]What results[/]")
    for line in picture:
        out.print(f"  {escape(line)}")
    show_losses(out, plan)
    if plan.image and plan.image.problem:
        problem = plan.image.problem
        out.print(f"[red]up would stop:[/] {escape(problem.cause)} {escape(problem.cure)}")
    if not plan.changes:
        out.print("[green]Nothing would change.[/]")


def show_stack(out: Console, stack: PlannedStack) -> None:
    after = f" [dim]after {', '.join(stack.after)}[/]" if stack.after else ""
    out.print(f"[bold]{stack.part}[/] {HEADS[stack.action]}{after}")
    if stack.note:
        out.print(f"  {escape(stack.note)}")
    if stack.action.startswith("create"):
        out.print(f"  {escape(created(stack.changes))}")
        return
    for change in stack.changes:
        out.print(f"  {line(change)}")


def created(changes: Sequence[PlannedChange]) -> str:
    important = [each for each in changes if each.type in IMPORTANT]
    rest = Counter(short(each.type) for each in changes if each.type not in IMPORTANT)
    named = [f"{each.logical_id} ({short(each.type)})" for each in important]
    counted = [f"{number} {kind}" for kind, number in sorted(rest.items())]
    resources = f"{len(changes)} resource{'' if len(changes) == 1 else 's'}"
    return f"{resources}: {', '.join(named + counted)}"


def short(kind: str) -> str:
    return kind.removeprefix("AWS::").replace("::", " ")


def line(change: PlannedChange) -> str:
    name = f"{change.logical_id} [dim]({short(change.type)})[/]"
    properties = f" {', '.join(change.properties)}" if change.properties else ""
    if change.action in {"replace", "may replace"} and not change.is_routine:
        maybe = "MAY BE REPLACED" if change.action == "may replace" else "REPLACED"
        return f"{SIGNS[change.action]} {name} [bold red]{maybe}[/]{properties}{lost(change)}"
    if change.action == "remove":
        return f"{SIGNS['remove']} {name} removed{lost(change)}"
    sign = "~" if change.is_routine else change.action
    return f"{SIGNS.get(sign, SIGNS['change'])} {name}{properties}"


def lost(change: PlannedChange) -> str:
    return f" [bold red]LOST: {escape(change.loss)}[/]" if change.loss else ""


def show_losses(out: Console, plan: Plan) -> None:
    if not plan.losses:
        return
    out.print("[bold red]What up would lose:[/]")
    for stack, change in plan.losses:
        how = {"remove": "removed", "replace": "replaced"}.get(change.action, "perhaps replaced")
        thing = f"{stack.part} {change.logical_id} {how}"
        out.print(f"  [red]{escape(thing)}: {escape(change.loss)}[/]")
