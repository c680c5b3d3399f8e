"""What each key of a secret is used for, by the names of both."""

import os
from dataclasses import dataclass, field

from ecom.env import Env
from ecom.secrets.location import Location, signs_in
from ecom.secrets.secret import Secret

SERVICE, DATABASE = "ECOM_SECRET_ID", "ECOM_DATABASE_SECRET_ID"


# What production does not start, or not become ready, without.
NEEDED = ("SECRET_KEY", "SIGNING_KEYS", "BASE_URL", "DATABASE_URL")


@dataclass
class Uses:
    filled: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)  # since the environment gives them
    unused: list[str] = field(default_factory=list)


def named_secrets() -> dict[str, str]:
    """The ids by their variables."""
    return {name: os.environ[name] for name in (SERVICE, DATABASE) if os.environ.get(name)}


def missing(service: Secret | None) -> list[str]:
    """Of what is needed, that which neither the environment nor a secret has."""
    given = {name for name, text in os.environ.items() if text}
    if service:
        given |= service.settings().keys()
    if DATABASE in given:
        given.add("DATABASE_URL")
    return [name for name in NEEDED if name not in given]


def uses_of(variable: str, secret: Secret, env: Env) -> Uses:
    """`env` is what the settings were read from."""
    return of_database(secret, env) if variable == DATABASE else of_service(secret, env)


def of_service(secret: Secret, env: Env) -> Uses:
    uses = Uses()
    for key in sorted(secret.settings()):
        if key not in env.read:
            uses.unused.append(key)
        elif os.environ.get(key):
            uses.hidden.append(key)
        else:
            uses.filled.append(key)
    return uses


def of_database(secret: Secret, env: Env) -> Uses:
    url = env.str("DATABASE_URL", default="")
    if signs_in(url):
        return Uses(hidden=["username", "password"])
    lacking = Location.of_url(url).lacks
    return Uses(filled=["username", "password", *(key for key in lacking if key in secret.values)])
