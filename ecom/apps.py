import time
from typing import Any

from django.apps import AppConfig
from django.db.models import QuerySet


class EcomConfig(AppConfig):
    name = "ecom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ecom import checks  # noqa: F401  (registers them)

    def expired(self) -> "dict[str, QuerySet[Any]]":
        from ecom.models import ThrottleCount

        return {"throttle counts": ThrottleCount.objects.filter(window__lt=int(time.time()))}
