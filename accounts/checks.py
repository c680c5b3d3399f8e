from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register(deploy=True)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith(("dummy.EmailBackend", "console.EmailBackend")):
        return []
    return [
        Warning(
            "Mails are not sent: nobody can reset a forgotten password.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="accounts.W001",
        )
    ]
