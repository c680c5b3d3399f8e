"""System checks: what would fail later fails at start, with the setting's name."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

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
