"""What a long command says while it works: on stderr, so that its result has stdout to itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.ecs.cloudformation.stack import Event
from deploy.ecs.services.events import brief


class Progress:
    """A line for each step with its outcome, and under it what happens; on a terminal the present
    step has a spinner and its time."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False) -> None:
        self.console = console or Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)
        self.quiet = quiet
        self.outcome = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.outcome = "done"
        if not self.console.is_terminal:
            self.line(f"[bold]{escape(name)}[/]")
            yield
            self.line(f"[bold]{escape(name)}[/] {self.outcome}")
            return
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Bar(*columns, console=self.console, transient=True) as bar:
            bar.add_task(escape(name), total=None)
            yield
        self.line(f"[green]✓[/] [bold]{escape(name)}[/] [dim]{self.outcome}[/]")

    def ended(self, outcome: str) -> None:
        """How the present step did."""
        self.outcome = outcome

    def warn(self, text: str) -> None:
        self.line(f"[yellow]{escape(text)}[/]")

    def say(self, text: str) -> None:
        self.line(f"  [dim]{escape(text)}[/]")

    def resource(self, event: Event) -> None:
        if event.status.endswith("_FAILED"):
            self.line(f"  [red]{event.logical_id} {event.status}[/] {escape(event.reason)}")
        elif event.status.endswith("_COMPLETE"):
            self.line(f"  [dim]{event.logical_id} ({event.type}) {event.status}[/]")

    def service(self, name: str, text: str) -> None:
        self.line(f"  [dim]{name}:[/] {escape(brief(name, text))}")

    def line(self, markup: str) -> None:
        if not self.quiet:
            self.console.print(markup)


def silent() -> Progress:
    return Progress(quiet=True)
