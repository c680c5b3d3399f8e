from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import browser, checks  # noqa: F401  (connect and register themselves)

    def expired(self) -> "dict[str, QuerySet[Any]]":
        from axes.models import AccessAttempt

        from accounts.models import Session

        now = timezone.now()
        over = now - settings.REVOKED_FOR
        closed = Q(user__closed_at__lt=over)  # by a sign-in that overtook the closing
        return {
            "sessions": Session.objects.filter(
                Q(expires_at__lt=over) | Q(ended_at__lt=over) | closed
            ),
            "failed sign-ins": AccessAttempt.objects.filter(
                attempt_time__lt=now - settings.AXES_COOLOFF_TIME
            ),
        }
