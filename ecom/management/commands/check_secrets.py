import os
from argparse import RawDescriptionHelpFormatter
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecom.keys import key_store
from ecom.secrets.reading import caller, read_once
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError, Source
from ecom.secrets.uses import DATABASE, SERVICE, missing, named_secrets, uses_of

EXAMPLES = """
examples:
  On a laptop, for one service:
    aws sso login --profile shop
    AWS_PROFILE=shop ECOM_SECRET_ID=shop/accounts BASE_URL=https://shop.example.com \\
      ECOM_DATABASE_SECRET_ID=shop/accounts/database \\
      manage.py check_secrets --settings=ecom.settings.accounts
  In a task, with the variables it has:
    manage.py check_secrets
"""


class Command(BaseCommand):
    help = (
        "Reads the secrets that ECOM_SECRET_ID and ECOM_DATABASE_SECRET_ID name. Says where each "
        "is, who reads it, which keys it has, which settings they fill and what is missing; never "
        "a value. The exit code is 1 if anything is wrong. Works where settings do not load."
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs |= {"formatter_class": RawDescriptionHelpFormatter, "epilog": EXAMPLES}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        self.complaints: set[str] = set()
        named = named_secrets()
        if not named:
            self.stdout.write(f"Neither {SERVICE} nor {DATABASE} is set: no secret is read.")
        error = loading_settings()
        found = {name: self.show(name, named[name], loaded=not error) for name in named}
        self.show_settings(error, found.get(SERVICE))
        if self.complaints:
            raise CommandError("A process with these settings would not start or not be ready.")

    def show(self, variable: str, secret_id: str, *, loaded: bool) -> Secret | None:
        """The secret, if it can be read."""
        self.stdout.write(variable)
        try:
            source = Source.named_by(variable, secret_id)
            self.line("region", source.region)
            self.line("read as", caller(source.region) or "unknown: sts:GetCallerIdentity failed")
            secret = read_once(variable, secret_id)
            self.line("secret", secret.arn)
            self.line("changed", f"{secret.changed:%Y-%m-%d %H:%M %Z}" if secret.changed else "")
            self.line("keys", secret.keys)
            if variable == DATABASE:
                secret.credentials()
        except SecretError as error:
            self.complain(error)
            return None
        if loaded:
            self.show_uses(variable, secret)
        return secret

    def show_uses(self, variable: str, secret: Secret) -> None:
        from ecom.settings.shared import env

        uses = uses_of(variable, secret, env)
        self.line("fills", ", ".join(uses.filled) or "nothing")
        if uses.hidden:
            self.line("hidden", f"{', '.join(uses.hidden)}, since the environment gives them")
        if uses.unused:
            self.line("unused", f"{', '.join(uses.unused)}, since no setting has that name")

    def show_settings(self, error: ImproperlyConfigured | None, service: Secret | None) -> None:
        self.stdout.write(os.environ["DJANGO_SETTINGS_MODULE"])
        if error and str(error) in self.complaints:
            self.stdout.write("  not loaded, because of the above")
        elif error:
            self.complain(error)
            self.complain(f"Missing: {', '.join(missing(service)) or 'nothing'}.")
        elif not settings.DEVELOPMENT:
            self.check_keys()
        if not self.complaints:
            self.stdout.write("  complete")

    def check_keys(self) -> None:
        try:
            key_store.load()
        except ImproperlyConfigured as error:
            self.complain(error)

    def complain(self, error: object) -> None:
        self.complaints.add(str(error))
        self.stdout.write(self.style.ERROR(f"  {error}"))

    def line(self, label: str, text: str) -> None:
        self.stdout.write(f"  {label:<8} {text}")


def loading_settings() -> ImproperlyConfigured | None:
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        return error
    return None
