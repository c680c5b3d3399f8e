import time
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models import QuerySet

SECONDS = 60.0  # at most, for each account that was closed lately


class CatalogConfig(AppConfig):
    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def expired(self) -> "dict[str, QuerySet[Any]]":
        from catalog.bulk.uploads import expired

        return {"uploads": expired()}

    def finish(self) -> dict[str, int]:
        from catalog.backends import forget_staff
        from catalog.closing import close_owner, closed_lately

        owners = closed_lately()
        for owner_id in owners:
            close_owner(owner_id, time.monotonic() + SECONDS)
            if settings.SERVICE_NAME == "catalog":
                forget_staff(owner_id)
        return {"accounts closed lately": len(owners)}
