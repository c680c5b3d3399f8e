"""System checks: what would fail later fails at start, with the setting's name."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ecom.keys import key_store
from ecom.throttling import parse_rate


@register()
def check_throttle_rates(**kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for scope, rate in settings.THROTTLE_RATES.items():
        try:
            parse_rate(rate)
        except ImproperlyConfigured as error:
            variable = "THROTTLE_" + scope.upper().replace("-", "_")
            errors.append(Error(f"{variable}: {error}", id="ecom.E001"))
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
    for peer in filter(None, [settings.ACCOUNTS_PEER, getattr(settings, "CATALOG_PEER", None)]):
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
