"""Questions, and what happens where nobody is there to answer."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from deploy.ecs.errors import DeploymentError

T = TypeVar("T")


def answered(ask: Callable[[], T], cure: str) -> T:
    """Raises DeploymentError where stdin ends before the answer."""
    try:
        return ask()
    except click.Abort as error:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)  # after the question
        raise DeploymentError("There is nobody here to answer the question.", cure) from error


def confirm(question: str, *, yes: bool) -> None:
    """Ends the command unless the answer is yes."""
    if yes:
        return
    if not answered(lambda: click.confirm(question, err=True), "Give --yes."):
        click.echo("Nothing was changed.", err=True)
        sys.exit(1)


def confirm_by_name(question: str, name: str, *, yes: bool) -> None:
    """For what cannot be undone."""
    if yes:
        return
    given = answered(lambda: click.prompt(question, err=True), "Give --yes.")
    if given != name:
        click.echo(f"That is not {name}. Nothing was changed.", err=True)
        sys.exit(1)
