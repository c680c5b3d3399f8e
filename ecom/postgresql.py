"""What every connection to PostgreSQL has: TLS, and a bound for everything it waits for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper

ENGINE = "django.db.backends.postgresql"
RDS_CERTIFICATES = Path(__file__).parent / "certificates" / "rds-global-bundle.pem"

CONNECT_TIMEOUT = 2  # seconds
POOL_TIMEOUT = 1.5  # seconds a request waits for one of the pool's connections
LOCK_TIMEOUT = 3  # seconds a statement waits for a row or table that another one holds
IDLE_TIMEOUT = 15  # seconds a transaction may stay open without a statement
SLACK = 1.0  # seconds beyond the server's own time-out, after which it is taken for dead

# Without these the kernel goes on for up to 15 minutes when the server's host has vanished.
DEAD_HOST = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,  # seconds
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # milliseconds
}


def configure(config: dict[str, Any], pool_size: int, statement_timeout: int) -> dict[str, Any]:
    """`config` of Django's DATABASES with all of the above. Time-outs are in seconds, 0 for none.

    Raises ImproperlyConfigured where a host of AWS would be spoken to without verifying it.
    """
    from ecom.postgresql_connection import connection_class  # loads psycopg

    given = config.get("OPTIONS", {})
    if "pool" in given:
        raise ImproperlyConfigured(
            "DATABASE_URL has an option pool. Remove it: DATABASE_POOL_SIZE says how large it is."
        )
    patience = given.get("connect_timeout")
    pool = {
        "min_size": 1,
        "max_size": pool_size,
        # Who says that a connection takes longer, as through a tunnel, waits for it.
        "timeout": max(POOL_TIMEOUT, patience if isinstance(patience, int) else 0),
        "reconnect_timeout": 2,
        "connection_class": connection_class(
            statement_timeout + SLACK if statement_timeout else None
        ),
    }
    options = (
        DEAD_HOST
        | tls(str(config.get("HOST") or given.get("host", "")), given)
        | given
        | {
            "options": server_options(statement_timeout, str(given.get("options", ""))),
            "pool": pool,
        }
    )
    return config | {"OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def server_options(statement_timeout: int, given: str) -> str:
    settings = {
        # As of an SSD. With the default, made for turning disks, PostgreSQL would rather read
        # and sort too many rows in sequence than walk along an index.
        "random_page_cost": "1.1",
        "statement_timeout": f"{statement_timeout}s",
        "lock_timeout": f"{LOCK_TIMEOUT}s",
        "idle_in_transaction_session_timeout": f"{IDLE_TIMEOUT}s",
    }
    return " ".join([*(f"-c {name}={value}" for name, value in settings.items()), given]).strip()


def tls(hosts: str, given: dict[str, Any]) -> dict[str, Any]:
    """On AWS verify-full, with the certificates of Amazon RDS, that no system knows by itself.

    Of several hosts, with commas between them, one of AWS is enough: libpq has one mode for all.
    """
    host = next(filter(on_aws, hosts.split(",")), None)
    if host is None:
        return {}
    if given.get("sslmode", "verify-full") != "verify-full":
        raise ImproperlyConfigured(
            f"DATABASE_URL says sslmode={given['sslmode']}, and so would talk to anybody in the "
            f"place of {host}. Leave sslmode out: for hosts of AWS it is verify-full. (Through a "
            "tunnel add hostaddr=127.0.0.1 and keep the host.)"
        )
    return {"sslmode": "verify-full", "sslrootcert": str(RDS_CERTIFICATES)}


def on_aws(host: str) -> bool:
    return host.lower().rstrip(".").endswith(".rds.amazonaws.com")


def close_all(connection: BaseDatabaseWrapper) -> None:
    """Also what waits in the pool."""
    connection.close()
    cast("DatabaseWrapper", connection).close_pool()
