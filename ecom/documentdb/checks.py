"""System checks. Most of what a model may not have on DocumentDB, Django and the parent check by
features.py, when they are given a database (as by migrate): AutoField (mongodb.E001), check
constraints (models.W027), indexes on expressions (models.W043) and such."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.parameters import hosts, stated_options

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

LAX_TLS = ("tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames")


@register(Tags.compatibility)
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Settings that DocumentDB's client refuses, before the first query finds them out."""
    return [message for _, wrapper in _wrappers() for message in _refused(wrapper)]


@register(Tags.security, deploy=True)
def check_transport(**kwargs: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    for alias, wrapper in _wrappers():
        given = super(DatabaseWrapper, wrapper).get_connection_params()
        try:
            local, stated = set(hosts(given)) <= LOOPBACK, stated_options(given)
        except ImproperlyConfigured:
            continue  # check_settings() says so
        if local:
            continue
        if not (stated.get("tls") or stated.get("ssl")):
            messages.append(_without_tls(alias))
        messages += _lax(alias, stated)
    return messages


@register(Tags.models)
def check_defaults(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Django refuses expressions in db_default (fields.E011), but not constants."""
    configs = apps.get_app_configs() if app_configs is None else app_configs
    models = [model for config in configs for model in config.get_models()]
    return [
        Error(
            "DocumentDB has no defaults of the database: db_default cannot be stored.",
            hint="Use default instead.",
            obj=field,
            id="documentdb.E003",
        )
        for alias, _ in _wrappers()
        for model in models
        if router.allow_migrate_model(alias, model)
        for field in model._meta.local_fields
        if field.has_db_default()
    ]


def _wrappers() -> Iterator[tuple[str, DatabaseWrapper]]:
    for alias in connections:
        wrapper = connections[alias]
        if isinstance(wrapper, DatabaseWrapper):
            yield alias, wrapper


def _refused(wrapper: DatabaseWrapper) -> Sequence[CheckMessage]:
    try:
        wrapper.refuse_settings()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="documentdb.E001")]
    return []


def _without_tls(alias: str) -> CheckMessage:
    return Warning(
        f"DATABASES[{alias!r}] connects to DocumentDB without TLS.",
        hint="Set tls=true and tlsCAFile to the certificates of Amazon RDS (global-bundle.pem).",
        id="documentdb.W001",
    )


def _lax(alias: str, stated: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for name in LAX_TLS:
        if stated.get(name.lower()):
            yield Error(
                f"DATABASES[{alias!r}] sets {name}: whoever is on the way can read and change "
                "what goes over the connection.",
                hint="Leave it out. Through a tunnel, set tlsAllowInvalidHostnames for the "
                "tunnel's process only.",
                id="documentdb.E002",
            )
