from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.forms import ValidationError

from accounts.models import EmailTaken, User


class Command(BaseCommand):
    help = (
        "Create an administrator without a password, and print a link by which it can be chosen, "
        "once and within an hour: for where nobody can type one, or none may be logged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
            User.objects.sign_up(email, None, is_staff=True, is_superuser=True)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        except EmailTaken as error:
            raise CommandError(
                f"{error.detail} Where its password is lost: password_link {email}"
            ) from error
        call_command("password_link", email, stdout=self.stdout)
