"""Django's own apps with ids that DocumentDB can make, for a project's settings:

INSTALLED_APPS = with_object_ids(INSTALLED_APPS)
MIGRATION_MODULES = contrib.MIGRATION_MODULES
"""

from collections.abc import Sequence

DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"

_APPS = {
    "django.contrib.admin": "AdminConfig",
    "django.contrib.admin.apps.AdminConfig": "AdminConfig",
    "django.contrib.admin.apps.SimpleAdminConfig": "SimpleAdminConfig",
    "django.contrib.auth": "AuthConfig",
    "django.contrib.auth.apps.AuthConfig": "AuthConfig",
    "django.contrib.contenttypes": "ContentTypesConfig",
    "django.contrib.contenttypes.apps.ContentTypesConfig": "ContentTypesConfig",
}

MIGRATION_MODULES = {
    label: f"ecom.documentdb.contrib.migrations.{label}"
    for label in ("admin", "auth", "contenttypes")
}


def with_object_ids(installed_apps: Sequence[str]) -> list[str]:
    """INSTALLED_APPS with the entries of admin, auth and contenttypes replaced; others stay."""
    return [
        f"ecom.documentdb.contrib.apps.{_APPS[app]}" if app in _APPS else app
        for app in installed_apps
    ]
