"""The accounts service: people and tokens."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from ecom.databases import DOCUMENTDB
from ecom.settings.shared import *  # noqa: F403
from ecom.settings.shared import (
    DATA_DIR,
    DEVELOPMENT,
    MIDDLEWARE,
    SHARED_APPS,
    database,
    env,
    static_root,
)

SERVICE_NAME = "accounts"
INSTALLED_APPS = [*SHARED_APPS, "accounts", "axes"]
MIDDLEWARE = [*MIDDLEWARE, "axes.middleware.AxesMiddleware"]
ROOT_URLCONF = "accounts.urls"
DATABASES = database("accounts.sqlite3")
if DATABASES["default"]["ENGINE"] == DOCUMENTDB:
    raise ImproperlyConfigured(
        "DATABASE_URL is that of a DocumentDB, and accounts needs transactions. Give accounts and "
        "the monolith PostgreSQL; the catalog service alone runs on DocumentDB."
    )
STATIC_URL = "/accounts/static/"
STATIC_ROOT = static_root(SERVICE_NAME)

SIGNING_KEYS_FILE = DATA_DIR / "accounts-keys.json"
ACCOUNTS_PEER = "accounts.peer.AccountsInProcess"
CATALOG_PEER = "ecom.peers.catalog.CatalogOverHTTP"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "accounts.validators.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGOUT_URL = "/accounts/logout/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# Lockout (django-axes): per account and address, so that nobody is locked out by somebody else.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("LOCKOUT_FAILURES", default=10)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# A failure while locked out must not prolong the lockout for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockout.username"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.respond"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "email", "password", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address"

vars().update(
    env.email_url("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "dummymail://")
)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="shop@localhost")

SESSION_COOKIE_NAME = "accounts_session"
CSRF_COOKIE_NAME = "accounts_csrf"
