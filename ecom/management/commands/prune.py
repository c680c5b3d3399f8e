from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Deletes what has expired, in every app that is installed. Run it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        for config in apps.get_app_configs():
            if not hasattr(config, "expired"):
                continue
            for name, rows in config.expired().items():
                deleted, _ = rows.delete()
                self.stdout.write(f"{name}: {deleted} deleted")
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
