from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.closing import advance
from accounts.models import Closure
from ecom.peers import PeerUnavailable


class Command(BaseCommand):
    help = "Asks the catalog again about closed accounts whose items may still be on sale."

    def handle(self, *args: Any, **options: Any) -> None:
        # What has failed before comes last, so that one failure never holds up all others.
        pending = Closure.objects.filter(acknowledged_at=None).order_by("attempts", "requested_at")
        try:
            done = sum(advance(closure) for closure in pending.iterator())
        except PeerUnavailable as error:
            raise CommandError(f"The catalog does not answer. {pending.count()} wait.") from error
        self.stdout.write(f"{done} closed for good.")
        if left := pending.count():
            raise CommandError(f"{left} still wait for the catalog: run this again later.")
