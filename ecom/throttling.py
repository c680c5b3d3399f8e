"""Limits per client and window, counted in the service's database.

A view names its limit in `throttle_scope`; THROTTLE_RATES has the numbers ("60/minute").
"""

import hashlib
import re
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ecom.client_address import network_of
from ecom.models import ThrottleCount

if TYPE_CHECKING:
    from rest_framework.views import APIView

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def parse_rate(rate: str) -> tuple[int, int]:
    """ "60/minute" as (60 requests, 60 seconds). Raises ImproperlyConfigured."""
    match = re.fullmatch(r"([1-9]\d*)/(second|minute|hour|day)", rate)
    if match is None:
        raise ImproperlyConfigured(
            "This is not a rate: write it like 60/minute, per second, minute, hour or day."
        )
    return int(match[1]), SECONDS[match[2]]


class ScopedThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: "APIView") -> bool:
        scope = getattr(view, "throttle_scope", None)
        if scope is None or not settings.THROTTLES_ENABLED:
            return True
        account = getattr(request.user, "id", None)
        return self.allow(scope, str(account or request.META["REMOTE_ADDR"]))

    def allow(self, scope: str, client: str) -> bool:
        limit, seconds = parse_rate(settings.THROTTLE_RATES[scope])
        now = time.time()
        end = (int(now) // seconds + 1) * seconds
        self.seconds_left = end - now
        counted = f"{settings.SECRET_KEY}|{scope}|{end}|{network_of(client)}"
        key = hashlib.sha256(counted.encode()).hexdigest()
        return ThrottleCount.objects.admit(key, end, limit)

    def wait(self) -> float:
        return self.seconds_left
