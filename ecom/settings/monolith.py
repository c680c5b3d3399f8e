"""accounts and catalog in one process, with one database."""

from ecom.settings.accounts import *  # noqa: F403
from ecom.settings.accounts import INSTALLED_APPS
from ecom.settings.shared import database, static_root

SERVICE_NAME = "monolith"
INSTALLED_APPS = [*INSTALLED_APPS, "import_export", "catalog"]
ROOT_URLCONF = "ecom.urls"
DATABASES = database("shop.sqlite3")
STATIC_URL = "/static/"
STATIC_ROOT = static_root(SERVICE_NAME)
CATALOG_PEER = "catalog.peer.CatalogInProcess"

SESSION_COOKIE_NAME = "ecom_session"
CSRF_COOKIE_NAME = "ecom_csrf"
