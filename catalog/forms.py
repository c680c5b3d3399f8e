from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from ecom.peers import PeerUnavailable
from ecom.throttling import ScopedThrottle


class StaffSignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"

    def clean(self) -> dict[str, Any]:
        self.count()
        try:
            return super().clean()
        except PeerUnavailable as error:
            raise ValidationError(str(error.detail), code=error.default_code) from error

    def count(self) -> None:
        address = self.request.META["REMOTE_ADDR"] if self.request else ""
        throttle = ScopedThrottle()
        if settings.THROTTLES_ENABLED and not throttle.allow("sign-in", address):
            seconds = int(throttle.wait()) or 1
            raise ValidationError(f"Too many attempts. Try again in {seconds} s.", "throttled")
