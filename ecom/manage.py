import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def run(arguments: list[str]) -> None:
    """As Django does, but what whoever runs the shop can change is said in a sentence."""
    try:
        run_command(arguments)
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    except OperationalError as error:
        sys.exit(f"Error: The database failed: {str(error).strip()}")


def run_command(arguments: list[str]) -> None:
    """check_secrets also where settings do not load: Django finds no commands of apps there."""
    if arguments[1:2] != ["check_secrets"]:
        execute_from_command_line(arguments)
        return
    from ecom.management.commands.check_secrets import Command

    Command().run_from_argv(arguments)
