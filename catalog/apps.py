from typing import Any

from django.apps import AppConfig
from django.db.models import QuerySet


class CatalogConfig(AppConfig):
    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def expired(self) -> "dict[str, QuerySet[Any]]":
        from catalog.bulk.uploads import expired

        return {"uploads": expired()}
