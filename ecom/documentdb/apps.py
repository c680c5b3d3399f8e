from django.apps import AppConfig


class DocumentDBConfig(AppConfig):
    """Adds the system checks, and a `migrate` that holds a lock."""

    name = "ecom.documentdb"
    label = "documentdb"
    verbose_name = "Amazon DocumentDB"

    def ready(self) -> None:
        from ecom.documentdb import checks  # noqa: F401 - registers them
