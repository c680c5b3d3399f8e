"""The status of a deployment on a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.ecs.services.events import brief
from deploy.ecs.services.state import ServiceState
from deploy.ecs.status.status import Status

COLOURS = {"COMPLETED": "green", "IN_PROGRESS": "yellow", "FAILED": "red"}


def show(out: Console, found: Status) -> None:
    out.print(stacks(found))
    for each in found.stacks:
        if each.is_there and each.meaning:
            out.print(f"[yellow]{escape(each.name)}[/]: {escape(each.meaning)}")
            for line in each.failures:
                out.print(f"  [dim]{escape(line)}[/]")
            if (failure := found.failures.get(each.part)) and not each.is_wrong:
                out.print(f"  {escape(failure.cause)}")
    if found.services:
        out.print(services(found))
    for service in found.services:
        events = [brief(service.name, each) for each in service.events]
        for line in [*events, *(f"stopped {each}" for each in service.stopped)]:
            out.print(f"  [dim]{service.name}: {escape(line)}[/]")
    for line in others(found):
        out.print(line)
    for problem in found.problems:
        for line in problem.details:
            out.print(f"  [dim]{escape(line)}[/]")
        known = f" [dim]({problem.fault})[/]" if problem.fault else ""
        out.print(f"[bold red]Cause:[/] {escape(problem.cause)}{known}")
        out.print(f"[bold green]Cure:[/]  {escape(problem.cure)}")
    if not found.problems:
        out.print(
            "[yellow]Something is being changed.[/]" if found.is_busy else "[green]All is well.[/]"
        )


def stacks(found: Status) -> Table:
    table = Table("Stack", "Status", box=None, header_style="bold", pad_edge=False)
    for each in found.stacks:
        colour = "red" if each.is_wrong else "yellow" if each.meaning else "green"
        status = each.status if each.is_there else None
        table.add_row(each.name, f"[{colour}]{status}[/]" if status else "[dim]not there[/]")
    return table


def services(found: Status) -> Table:
    columns = "Service", "Tasks", "Roll-out", "Healthy", "Image", "Revision"
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for each in found.services:
        table.add_row(*cells(each))
    return table


def cells(service: ServiceState) -> tuple[str, ...]:
    few = service.running < service.desired
    colour = COLOURS.get(service.rollout, "dim")
    return (
        service.name,
        f"[{'yellow' if few else 'green'}]{service.running}/{service.desired}[/]",
        f"[{colour}]{service.rollout or '-'}[/]",
        f"{service.healthy}/{service.targets}",
        service.image_name,
        service.revision.rpartition(":")[2],
    )


def others(found: Status) -> list[str]:
    lines = []
    if found.url and found.answers:
        wrong = ", ".join(name for name, why in found.answers.items() if why)
        lines.append(
            f"{found.url} "
            + (f"[red]does not answer for {wrong}[/]" if wrong else "[green]answers[/]")
        )
    if found.certificate:
        lines.append(f"Certificate: {found.certificate}")
    lines += [f"Database {name}: {state}" for name, state in found.databases.items()]
    if found.bastion:
        lines.append(f"Bastion: {found.bastion}")
    lines += [f"[red]Alarm {escape(name)}[/]: {escape(why)}" for name, why in found.alarms.items()]
    return lines
