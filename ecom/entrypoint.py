"""What a container of the image runs: python -m ecom.entrypoint SERVICE|migrate|manage …

It stays process 1, so that signals reach the server without a shell in between.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from ecom.services import services, settings_module

USAGE = """\
Give the container one of these commands:
  {services}
                serve that service
  migrate       bring the service's database up to date
  manage ...    any other command of manage.py
For the last two DJANGO_SETTINGS_MODULE says whose: {modules}.
"""
# In a read-only container /dev/shm is what can be written. Workers report there that they live,
# and a slow disk must not make them look dead.
GUNICORN = ["gunicorn", "-c", "python:ecom.gunicorn", "--worker-tmp-dir", "/dev/shm"]  # noqa: S108


def fail(message: str) -> NoReturn:
    sys.stderr.write(message)
    sys.exit(2)


def modules() -> str:
    """For people."""
    return " or ".join(settings_module(service) for service in services())


def serve(service: str) -> None:
    settings = settings_module(service)
    given = os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    if given != settings:
        fail(
            f"The command is {service}, and DJANGO_SETTINGS_MODULE is {given}. "
            f"Leave the variable out, or set it to {settings}.\n"
        )
    # Both are refused in a sentence here, of which gunicorn would make a traceback.
    import ecom.concurrency  # noqa: F401
    from ecom.port import port_number

    port_number(os.environ.get("PORT", "8000"))
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = [*GUNICORN, "ecom.wsgi"]
    WSGIApplication().run()


def manage(*arguments: str) -> None:
    given = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    if given not in map(settings_module, services()):
        fail(
            f"DJANGO_SETTINGS_MODULE is {given!r}: {arguments[0]} has to know which service it is "
            f"for. Set it to {modules()}.\n"
        )
    from ecom.manage import run

    run(["manage.py", *arguments])


def end(signal_number: int, frame: FrameType | None) -> None:
    """Process 1 has no default action for a signal, so that a migration would not stop."""
    sys.exit(128 + signal_number)


def main() -> None:
    signal.signal(signal.SIGTERM, end)
    try:
        match sys.argv[1:]:
            case ["migrate", *options]:
                manage("migrate", *options)
            case ["manage", *arguments] if arguments:
                manage(*arguments)
            case [service] if service in services():
                serve(service)
            case _:
                fail(USAGE.format(services=", ".join(services()), modules=modules()))
    except (CommandError, ImproperlyConfigured) as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
