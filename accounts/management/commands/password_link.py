from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import links, mail
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Print a link by which a new password can be chosen, once and within an hour, as the mail "
        "to who forgot it has. Whoever has the link has the account."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        email = User.objects.normalize_email(options["email"])
        user = User.objects.filter(email=email, is_active=True, closed_at=None).first()
        if user is None:
            raise CommandError("No open account has this e-mail address.")
        self.stdout.write(mail.page_url("password-reset-page", links.make("password-reset", user)))
