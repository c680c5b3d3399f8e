"""The catalog service: items and sales."""

from ecom.databases import DOCUMENTDB
from ecom.documentdb import contrib
from ecom.settings.shared import *  # noqa: F403
from ecom.settings.shared import (
    DATA_DIR,
    SHARED_APPS,
    STAFF_SESSION_LIFETIME,
    database,
    static_root,
)

SERVICE_NAME = "catalog"
INSTALLED_APPS = [*SHARED_APPS, "import_export", "catalog"]
ROOT_URLCONF = "catalog.urls"
DATABASES = database("catalog.sqlite3")
if DATABASES["default"]["ENGINE"] == DOCUMENTDB:
    INSTALLED_APPS = [*contrib.with_object_ids(INSTALLED_APPS), "ecom.documentdb"]
    MIGRATION_MODULES = contrib.MIGRATION_MODULES
    DEFAULT_AUTO_FIELD = contrib.DEFAULT_AUTO_FIELD
STATIC_URL = "/catalog/static/"
STATIC_ROOT = static_root(SERVICE_NAME)

SIGNING_KEYS_FILE = DATA_DIR / "catalog-keys.json"
ACCOUNTS_PEER = "ecom.peers.accounts.AccountsOverHTTP"

AUTH_USER_MODEL = "auth.User"
AUTHENTICATION_BACKENDS = ["catalog.backends.AccountsStaffBackend"]
LOGIN_URL = "/catalog/login/"
LOGOUT_URL = "/catalog/logout/"
LOGIN_REDIRECT_URL = "/catalog/"
LOGOUT_REDIRECT_URL = "/catalog/"
SESSION_COOKIE_AGE = int(STAFF_SESSION_LIFETIME.total_seconds())

SESSION_COOKIE_NAME = "catalog_session"
CSRF_COOKIE_NAME = "catalog_csrf"
