from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string

from accounts.models import EmailTaken, User

EMAIL = "demo@shop.invalid"  # RFC 2606: such an address cannot receive mail
HANDLE = "demo"


class Command(BaseCommand):
    help = "Create the account that owns the demo catalogue, unless it exists. It cannot sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.sign_up(EMAIL, get_random_string(40))
            self.stdout.write(f"The demo catalogue's owner is {user.handle}.")
        except EmailTaken:
            user = User.objects.get(email=EMAIL)
        if user.handle != HANDLE:
            raise CommandError(
                f"The handle {HANDLE} is somebody else's. The demo account is {user.handle}: "
                f"run load_demo --owner {user.handle}."
            )
