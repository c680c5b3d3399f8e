from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Deletes what has expired and finishes what a killed process left undone, in every app "
        "that is installed. Run it once a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
        for config in apps.get_app_configs():
            if hasattr(config, "expired"):
                for name, rows in config.expired().items():
                    deleted, _ = rows.delete()
                    self.stdout.write(f"{name}: {deleted} deleted")
            if hasattr(config, "finish"):
                for name, finished in config.finish().items():
                    self.stdout.write(f"{name}: {finished} looked at again")
