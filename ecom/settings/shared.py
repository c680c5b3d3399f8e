"""Settings of every process. docs/settings.md lists each variable read here."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from ecom.concurrency import workers
from ecom.connection_budget import connections_per_process
from ecom.databases import database_of
from ecom.development import secret_key
from ecom.env import Env
from ecom.secrets.credentials import RotatingCredentials
from ecom.secrets.location import located, signs_in
from ecom.secrets.reading import read_once

# Lets generic classes be written as ModelAdmin[Item], which Django itself has not all learnt.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]
env = Env()

ECOM_ENV = env.str("ECOM_ENV", default="production")
if ECOM_ENV not in {"production", "development"}:
    raise ImproperlyConfigured(f"ECOM_ENV is {ECOM_ENV!r}: set it to production or development.")
DEVELOPMENT = ECOM_ENV == "development"

ECOM_SECRET_ID = env.str("ECOM_SECRET_ID", default="")
ECOM_DATABASE_SECRET_ID = env.str("ECOM_DATABASE_SECRET_ID", default="")
# Each setting from here on: the environment's, else the secret's, else a default.
secret = read_once("ECOM_SECRET_ID", ECOM_SECRET_ID) if ECOM_SECRET_ID else None
if secret:
    env.fall_back_to(secret.settings())


def required(name: str, *, hint: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        searched = f", nor among the keys of {ECOM_SECRET_ID} ({secret.keys})" if secret else ""
        raise ImproperlyConfigured(
            f"{name} is not set{searched}. {hint} (On a laptop, ECOM_ENV=development supplies it.)"
        )
    return value


DATA_DIR = Path(env.str("ECOM_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
if DEVELOPMENT and not env.str("SECRET_KEY", default=""):
    SECRET_KEY = secret_key(DATA_DIR)
else:
    SECRET_KEY = required("SECRET_KEY", hint="Give 50 random characters.")

# Where people and mails find this shop.
BASE_URL = (
    env.str("BASE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")
    if DEVELOPMENT
    else required("BASE_URL", hint="Give the public URL, such as https://shop.example.com.")
).rstrip("/")
if not re.fullmatch(r"https?://[^/\s]+", BASE_URL):
    raise ImproperlyConfigured(
        "BASE_URL is not scheme and host only: give one such as https://shop.example.com."
    )
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Location", "Retry-After", "X-Request-ID"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-csrftoken",
    "x-request-id",
]

# How many reverse proxies stand in front: the client is that many entries from the right of
# X-Forwarded-For, and with 0 the header is ignored.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES < 0:
    raise ImproperlyConfigured("TRUSTED_PROXIES is below 0: give the number of proxies in front.")
HTTPS = env.bool("HTTPS", default=BASE_URL.startswith("https://"))
SECURE_SSL_REDIRECT = HTTPS
# The services call each other over the private network, where no proxy adds TLS.
SECURE_REDIRECT_EXEMPT = [r"^\w+/peer/", r"^\.well-known/jwks\.json$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Subdomains and browsers' preload lists are for whoever owns the whole domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "ecom.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
IMPORT_MAX_BYTES = 20 * 1024 * 1024

SHARED_APPS = [
    "ecom",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "ecom.request_log.RequestLogMiddleware",
    "ecom.health.HealthMiddleware",
    "ecom.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ecom.body_limit.BodyLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "ecom.errors.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPEND_SLASH = True
WSGI_APPLICATION = "ecom.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True


def static_root(service: str) -> Path | None:
    """Where collectstatic puts what the service serves; one image holds those of both."""
    return None if DEVELOPMENT else BASE_DIR / "staticfiles" / service


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"


# How many tasks of this service run at once. An update starts the new before it ends the old.
DATABASE_TASKS = env.at_least("DATABASE_TASKS", 1, default=1 if DEVELOPMENT else 2)


def database(default_name: str) -> dict[str, dict[str, Any]]:
    """DATABASES for one database: by DATABASE_URL, the secret of ECOM_DATABASE_SECRET_ID or both,
    or in development a SQLite file of that name."""
    url = env.str("DATABASE_URL", default="")
    credentials = None
    if ECOM_DATABASE_SECRET_ID and not signs_in(url):
        found = read_once("ECOM_DATABASE_SECRET_ID", ECOM_DATABASE_SECRET_ID)
        url, credentials = located(url, found), RotatingCredentials(found)
    elif DEVELOPMENT:
        url = url or f"sqlite:///{DATA_DIR / default_name}"
    else:
        url = required("DATABASE_URL", hint="Give postgresql://user:password@host/name.")
    pool_size = connections_per_process(
        env.at_least("DATABASE_POOL_SIZE", 1, default=10),
        env.at_least("DATABASE_CONNECTIONS", 1, default=32),
        DATABASE_TASKS,
        workers,
    )
    gate = env.bool("DATABASE_GATE", default=DEVELOPMENT)
    statement_timeout = env.at_least("DATABASE_STATEMENT_TIMEOUT", 0, default=5)
    return {"default": database_of(url, pool_size, gate, statement_timeout, credentials)}


# Where the services find each other.
ACCOUNTS_URL = env.str("ACCOUNTS_URL", default="http://127.0.0.1:8001" if DEVELOPMENT else "")
CATALOG_URL = env.str("CATALOG_URL", default="http://127.0.0.1:8002" if DEVELOPMENT else "")

# Tokens (RFC 7519). accounts signs them; every process verifies them by itself.
TOKEN_ISSUER = env.str("TOKEN_ISSUER", default="little-ecom")
TOKEN_AUDIENCE = "little-ecom"
SIGNING_KEYS = env.str("SIGNING_KEYS", default="")
ACCESS_TOKEN_LIFETIME = timedelta(minutes=30)
REFRESH_TOKEN_LIFETIME = timedelta(days=14)
STAFF_SESSION_LIFETIME = timedelta(hours=1)  # in the catalog's own pages, of two services
# What is void stays on the list as long as something from before may still be shown.
REVOKED_FOR = max(ACCESS_TOKEN_LIFETIME, STAFF_SESSION_LIFETIME)
SIMPLE_JWT = {
    "ALGORITHM": "RS256",
    "ISSUER": TOKEN_ISSUER,
    "AUDIENCE": TOKEN_AUDIENCE,
    "USER_ID_CLAIM": "sub",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "AUTH_TOKEN_CLASSES": ["ecom.tokens.AccessToken"],
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ecom.authentication.TokenAuthentication",
        "ecom.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "ecom.parsers.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "ecom.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["ecom.throttling.ScopedThrottle"],
    "DEFAULT_SCHEMA_CLASS": "ecom.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ecom.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Requests per window and client (an account, or an address where nobody is signed in).
# A class of 30 behind one address, a script and 50 buyers at one moment fit in easily.
THROTTLES_ENABLED = env.bool("THROTTLES_ENABLED", default=True)
THROTTLE_RATES = {
    "sign-up": env.str("THROTTLE_SIGN_UP", default="60/minute"),
    "sign-in": env.str("THROTTLE_SIGN_IN", default="120/minute"),
    "mail": env.str("THROTTLE_MAIL", default="20/hour"),
    "write": env.str("THROTTLE_WRITE", default="600/minute"),
    "search": env.str("THROTTLE_SEARCH", default="60/minute"),
}

SPECTACULAR_SETTINGS = {
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Forms are the browsable API's own way to send, and no part of the contract.
    "PARSER_WHITELIST": ["ecom.parsers.StrictJSONParser"],
    "VERSION": "1.0.0",
}

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMAT = env.str("LOG_FORMAT", default="text" if DEVELOPMENT else "json")
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT is neither text nor json: set it to one of the two.")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
if LOG_LEVEL not in LEVELS:
    raise ImproperlyConfigured(f"LOG_LEVEL is no level: set it to one of {', '.join(LEVELS)}.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "ecom.request_log.RequestIDFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "text": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request_id"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Their messages quote what people typed: e-mail addresses, paths, queries.
        "axes": {"level": "CRITICAL"},
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "django.server": {"level": "ERROR"},
        # At DEBUG it writes what Secrets Manager answered.
        "botocore": {"level": "WARNING"},
    },
}
