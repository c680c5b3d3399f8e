"""System checks: what would fail later fails at start, with the setting's name."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from ecom import postgresql
from ecom.concurrency import workers
from ecom.connection_budget import server_limit
from ecom.keys import key_store
from ecom.peers import peer_paths
from ecom.peers.address import is_own_machine
from ecom.secrets.reading import read_once
from ecom.secrets.source import SecretError
from ecom.secrets.uses import named_secrets, uses_of
from ecom.throttling import parse_rate


@register()
def check_throttle_rates(**kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for scope, rate in settings.THROTTLE_RATES.items():
        try:
            parse_rate(rate)
        except ImproperlyConfigured as error:
            variable = "THROTTLE_" + scope.upper().replace("-", "_")
            errors.append(Error(f"{variable} is set. {error}", id="ecom.E001"))
    return errors


@register(deploy=True)
def check_throttles_enabled(**kwargs: Any) -> list[CheckMessage]:
    if settings.THROTTLES_ENABLED or settings.DEVELOPMENT:
        return []
    return [
        Error(
            "THROTTLES_ENABLED is off in production.",
            hint="It is for load tests on a laptop. Remove the variable.",
            id="ecom.E002",
        )
    ]


@register(deploy=True)
def check_signing_keys(**kwargs: Any) -> list[CheckMessage]:
    try:
        key_store.load()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="ecom.E003")]
    return []


@register(deploy=True)
def check_peers(**kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for peer in peer_paths():
        try:
            import_string(peer)()
        except ImproperlyConfigured as error:
            errors.append(Error(str(error), id="ecom.E004"))
    return errors


@register(deploy=True)
def check_https(**kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS or settings.DEVELOPMENT:
        return []
    return [
        Warning(
            "Passwords and tokens travel in the clear: BASE_URL is not https.",
            hint="Put a certificate on the load balancer and set BASE_URL=https://…",
            id="ecom.W001",
        )
    ]


@register(deploy=True)
def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.TRUSTED_PROXIES or settings.DEVELOPMENT:
        return []
    return [
        Warning(
            "BASE_URL is https, and no proxy is trusted to say that a request came by it.",
            hint="Behind a load balancer set TRUSTED_PROXIES=1, or it is redirected for ever.",
            id="ecom.W002",
        )
    ]


@register(deploy=True)
def check_postgresql_tls(**kwargs: Any) -> list[CheckMessage]:
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    host = database.get("HOST") or options.get("host") or "/"
    local = host.startswith("/") or is_own_machine(host)
    verified = options.get("sslmode") == "verify-full"
    if database["ENGINE"] != postgresql.ENGINE or local or verified or settings.DEVELOPMENT:
        return []
    return [
        Warning(
            "Whoever is between here and PostgreSQL can take its place.",
            hint="Add ?sslmode=verify-full&sslrootcert=/path/of/its/ca.pem to DATABASE_URL.",
            id="ecom.W003",
        )
    ]


@register(Tags.database)
def check_connections(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    if "default" not in (databases or []) or connection.vendor != "postgresql":
        return []
    try:
        limit = server_limit(connection)
    except DatabaseError:
        return []  # /ready says so, and it may be back in a moment
    pool = connection.settings_dict["OPTIONS"]["pool"]["max_size"]
    needed = settings.DATABASE_TASKS * workers * pool
    if needed <= limit:
        return []
    return [
        Error(
            f"Tasks ({settings.DATABASE_TASKS}) times workers ({workers}) times connections of each"
            f" ({pool}) are {needed}, and PostgreSQL gives {limit} to all its databases.",
            hint="Lower DATABASE_CONNECTIONS to this service's share of them, or raise the "
            "server's max_connections.",
            id="ecom.E005",
        )
    ]


@register(deploy=True)
def check_secrets(**kwargs: Any) -> list[CheckMessage]:
    """A process whose secrets cannot be read does not get here; what it has no need of may be."""
    from ecom.settings.shared import env

    messages: list[CheckMessage] = []
    for variable, secret_id in named_secrets().items():
        try:
            secret = read_once(variable, secret_id)
        except SecretError as error:
            messages.append(Error(str(error), id="ecom.E006"))
            continue
        uses = uses_of(variable, secret, env)
        if uses.unused:
            messages.append(
                Warning(
                    f"{variable}: no setting has the name of these keys of the secret {secret_id}: "
                    f"{', '.join(uses.unused)}.",
                    hint="docs/settings.md lists the names.",
                    id="ecom.W004",
                )
            )
        if uses.hidden:
            messages.append(
                Warning(
                    f"{variable}: the environment gives {', '.join(uses.hidden)} itself, so that "
                    f"changing the secret {secret_id} changes nothing.",
                    hint="Take one of the two away.",
                    id="ecom.W005",
                )
            )
    return messages
