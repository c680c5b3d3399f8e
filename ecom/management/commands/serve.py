import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

WELCOME = """
The shop is at {url}/

  Browse the API   {url}/catalog/  and  {url}/accounts/
  Documentation    {url}/catalog/docs/  and  {url}/accounts/docs/
  Administration   {url}/catalog/admin/  and  {url}/accounts/admin/

Make an administrator, in a second terminal:
  ECOM_ENV=development ECOM_DATA_DIR={data_dir} .venv/bin/python manage.py createsuperuser

Ctrl-C ends it.
"""


def port_number(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        raise CommandError(f"PORT is {text!r}: give a number from 1 to 65535.")
    return port


def check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used: {error.strerror}. Choose another: make run PORT=8080"
            ) from error


class Command(BaseCommand):
    help = "Migrates, loads the demo catalogue on the first start, and serves the shop locally."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("serve is for a laptop: set ECOM_ENV=development.")
        number = port_number(port)
        check_port_is_free(number)
        try:
            self.prepare_database()
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}".strip()) from error
        url = f"http://127.0.0.1:{number}"
        self.stdout.write(WELCOME.format(url=url, data_dir=settings.DATA_DIR))
        self.stdout.flush()
        os.environ["PORT"] = str(number)
        os.environ.setdefault("BASE_URL", url)
        command = [sys.executable, "-m", "gunicorn", "-c", "python:ecom.gunicorn", "ecom.wsgi"]
        os.execv(sys.executable, command)  # noqa: S606  (no shell is wanted)

    def prepare_database(self) -> None:
        first_start = not MigrationRecorder(connection).applied_migrations()
        call_command("migrate", verbosity=0, stdout=self.stdout)
        if first_start:
            self.stdout.write("Loading the demo catalogue …")
            call_command("create_demo_account", stdout=self.stdout)
            call_command("load_demo", stdout=self.stdout)
