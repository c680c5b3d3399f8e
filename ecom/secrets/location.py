"""Where the database is: what DATABASE_URL does not say, its secret may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from ecom.secrets.secret import Secret

# The names that secrets use, and their meaning.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
SCHEMES = {
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "aurora-postgresql": "postgresql",
    "mongo": "mongodb",
}
GIVE_URL = (
    "give the rest as DATABASE_URL=postgresql://host:5432/name?sslmode=verify-full or "
    "mongodb://host:27017/name?tls=true&replicaSet=rs0, without user and password"
)


def signs_in(url: str) -> bool:
    """Whether the URL says by itself who signs in. Raises ImproperlyConfigured for half of it."""
    user, separator, _ = urlsplit_netloc(url).rpartition("@")
    if not separator:
        return False
    if ":" not in user:
        raise ImproperlyConfigured(
            "DATABASE_URL names a user without a password, and ECOM_DATABASE_SECRET_ID is set: "
            "take the user out of the URL, or put both into it."
        )
    return True


def urlsplit_netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        # A password may look like a piece of an address; database_of() says what is wrong.
        return url.partition("://")[2]


@dataclass(frozen=True)
class Location:
    scheme: str
    netloc: str
    name: str
    query: str

    @classmethod
    def of_url(cls, url: str) -> Self:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ImproperlyConfigured(
                "DATABASE_URL is no URL: the [ ] of an IPv6 address must be a pair."
            ) from None
        return cls(parts.scheme, parts.netloc, parts.path.lstrip("/"), parts.query)

    @property
    def lacks(self) -> list[str]:
        """The keys of a secret that could complete it."""
        lacking = [] if self.netloc or "host" in parse_qs(self.query) else ["host"]
        if self.netloc.rpartition("]")[2].find(":") < 0 and "port" not in parse_qs(self.query):
            lacking.append("port")
        return lacking if self.name else [*lacking, "dbname"]

    @property
    def url(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.netloc}/{self.name}{query}"


def located(url: str, secret: Secret) -> str:
    """The URL with host, port and name from the secret where it lacks them: never with the user
    or password, since these may hold any character. Raises SecretError."""
    given = Location.of_url(url)
    scheme = checked_scheme(given, secret)
    values = secret.values
    netloc, query = given.netloc, given.query
    if "host" in given.lacks and values.get("host"):
        netloc = str(values["host"])
        query = query or query_of(scheme, values)
    if netloc and "," not in netloc and ":" not in netloc and values.get("port"):
        netloc = f"{netloc}:{values['port']}"
    found = Location(scheme, netloc, given.name or quote(str(values.get("dbname") or "")), query)
    missing = [key for key in found.lacks if key != "port"]
    if missing:
        raise secret.source.unusable(
            f"neither it nor DATABASE_URL has {' and '.join(missing)} (its keys: {secret.keys})",
            GIVE_URL,
        )
    return found.url


def checked_scheme(given: Location, secret: Secret) -> str:
    engine = str(secret.values.get("engine", ""))
    scheme = SCHEMES.get(engine)
    if engine and not scheme:
        raise secret.source.unusable(
            f"it is that of another kind of database (its engine is none of {', '.join(SCHEMES)})",
            "name the secret of a PostgreSQL or a DocumentDB",
        )
    if given.scheme and scheme and given.scheme[0] != scheme[0]:
        raise secret.source.unusable(
            f"it is that of a {scheme} database and DATABASE_URL that of another kind",
            "name the secret of the database that DATABASE_URL names",
        )
    if not given.scheme and not scheme:
        raise secret.source.unusable(
            f"it does not say which database it is for (its keys: {secret.keys})", GIVE_URL
        )
    return given.scheme or str(scheme)


def query_of(scheme: str, values: Mapping[str, Any]) -> str:
    if scheme != "mongodb":
        return ""
    # Unless the secret says that there is none, TLS: DocumentDB has it unless it is switched off.
    tls = str(values.get("ssl", True)).lower() != "false"
    return f"tls={str(tls).lower()}&replicaSet=rs0"
