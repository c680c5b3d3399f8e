import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections
from gunicorn.app.wsgiapp import WSGIApplication

from ecom.port import check_port_is_free, port_number

WELCOME = """
The shop is at {url}/

  Browse the API   {url}/catalog/  and  {url}/accounts/
  Documentation    {url}/catalog/docs/  and  {url}/accounts/docs/
  Administration   {url}/catalog/admin/  and  {url}/accounts/admin/

Make an administrator, in a second terminal:
  ECOM_ENV=development ECOM_DATA_DIR={data_dir} .venv/bin/python manage.py createsuperuser

Ctrl-C ends it.
"""


class Command(BaseCommand):
    help = "Migrates, loads the demo catalogue on the first start, and serves the shop locally."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("serve is for a laptop: set ECOM_ENV=development.")
        port = port_number(os.environ.get("PORT", "8000"))
        check_port_is_free(port)
        try:
            self.prepare_database()
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}".strip()) from error
        url = f"http://127.0.0.1:{port}"
        self.stdout.write(WELCOME.format(url=url, data_dir=settings.DATA_DIR))
        self.stdout.flush()
        connections.close_all()  # a connection must not be shared with the workers
        # In this process, since loading everything again takes as long as all of the above.
        sys.argv = ["gunicorn", "-c", "python:ecom.gunicorn", "ecom.wsgi"]
        WSGIApplication().run()

    def prepare_database(self) -> None:
        # On a laptop no older version is running meanwhile.
        call_command("migrate", verbosity=0, allow_destructive=True, stdout=self.stdout)
        try:
            call_command("create_demo_account", stdout=self.stdout)
            call_command("load_demo", stdout=self.stdout)
        except CommandError as error:
            self.stderr.write(f"There is no demo catalogue: {error}")
