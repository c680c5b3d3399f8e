"""Django's DATABASES from one URL: SQLite, PostgreSQL or Amazon DocumentDB."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DOCUMENTDB = "ecom.documentdb"
RDS_CERTIFICATES = Path(__file__).parent / "certificates" / "rds-global-bundle.pem"


def database_of(url: str, pool_size: int, gate: bool) -> dict[str, Any]:
    """Raises ImproperlyConfigured, never with the URL: it holds a password."""
    if url.startswith(("mongodb://", "mongodb+srv://")):
        return documentdb(url, pool_size, gate)
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if "ENGINE" not in config:
        raise ImproperlyConfigured(
            "DATABASE_URL is not like postgresql://user:password@host/name, "
            "nor like mongodb://user:password@host:27017/name."
        )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return config | SQLITE
    if config["ENGINE"] == "django.db.backends.postgresql":
        return postgresql(config, pool_size)
    return config


SQLITE = {
    "OPTIONS": {
        # A write lock taken at the start of a transaction waits its turn; one taken halfway
        # fails at once with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    },
    "CONN_MAX_AGE": None,
}


def postgresql(config: dict[str, Any], pool_size: int) -> dict[str, Any]:
    options = config.get("OPTIONS", {}) | {
        # As of an SSD. With the default, made for turning disks, PostgreSQL would rather read
        # and sort too many rows in sequence than walk along an index.
        "options": "-c random_page_cost=1.1",
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 1.5, "reconnect_timeout": 2},
    }
    return config | {"OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def documentdb(url: str, pool_size: int, gate: bool) -> dict[str, Any]:
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    try:
        parsed = parse_uri(url, warn=False)
    except (PyMongoError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL is not a connection string of MongoDB ({type(error).__name__}). Write "
            "mongodb://user:password@host:27017/name?tls=true&replicaSet=rs0, with the characters "
            ": / ? # [ ] @ % in the user and password as %3A and so on; a tlsCAFile must exist."
        ) from None
    if not parsed["database"]:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database: write mongodb://host:27017/name?…"
        )
    options: dict[str, Any] = {"maxPoolSize": pool_size, "gate": gate}
    if on_aws(url) and "tlsCAFile" not in parsed["options"]:
        options["tlsCAFile"] = str(RDS_CERTIFICATES)
    return {"ENGINE": DOCUMENTDB, "HOST": url, "NAME": parsed["database"], "OPTIONS": options}


def on_aws(url: str) -> bool:
    """The certificates of Amazon's databases are signed by authorities that no system knows."""
    return (urlsplit(url).hostname or "").endswith(".docdb.amazonaws.com")
