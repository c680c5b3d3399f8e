"""Which secret a variable names, and where it is."""

import os
import re
from dataclasses import dataclass
from textwrap import shorten
from typing import Self

from django.core.exceptions import ImproperlyConfigured

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
Reason = tuple[str, str]  # cause and cure
ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:(?P<region>[a-z0-9-]+):\d{12}:secret:(?P<name>.+)")

READ, WRITE = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"
OWN_ENDPOINT = "look where AWS_ENDPOINT_URL and HTTPS_PROXY send the call"


class SecretError(ImproperlyConfigured):
    """One sentence with cause and cure, and never a value."""


@dataclass(frozen=True)
class Source:
    setting: str
    secret_id: str
    region: str
    action: str = READ

    @classmethod
    def named_by(cls, setting: str, secret_id: str) -> Self:
        """Raises SecretError for what cannot name a secret, before anything is called."""
        arn = ARN.fullmatch(secret_id)
        name = arn["name"] if arn else secret_id
        if arn and ":" in name:
            raise SecretError(
                f"{setting} is an ARN with a key behind it, as only ECS reads it: "
                "end it after the name of the secret and its six characters."
            )
        if not NAME.fullmatch(name):
            # What came instead may be the secret itself.
            raise SecretError(
                f"{setting} is neither the name nor the ARN of a secret: give one of these as a "
                "plain variable (in a task definition under Environment; what stands under Secrets "
                "arrives as the value of the secret)."
            )
        return cls(setting, secret_id, region_of(setting, secret_id, arn and arn["region"]))

    @property
    def arn(self) -> str:
        return self.secret_id if ARN.fullmatch(self.secret_id) else ""

    def unreadable(self, cause: str, cure: str) -> SecretError:
        done = "written" if self.action == WRITE else "read"
        return SecretError(
            f"{self.setting}: the secret {self.secret_id} in {self.region} cannot be {done} by "
            f"{self.action}, since {cause}: {cure}."
        )

    def unusable(self, cause: str, cure: str) -> SecretError:
        return SecretError(
            f"{self.setting}: the secret {self.secret_id} in {self.region} cannot be used, since "
            f"{cause}: {cure}."
        )


def region_of(setting: str, secret_id: str, of_arn: str | None) -> str:
    variable = "AWS_REGION" if os.environ.get("AWS_REGION") else "AWS_DEFAULT_REGION"
    given = os.environ.get(variable, "")
    if of_arn and given and of_arn != given:
        raise SecretError(
            f"{setting}: the secret {secret_id} is in {of_arn}, and {variable} is {given}: "
            f"name the secret of {given}, or set {variable}={of_arn}."
        )
    region = of_arn or given or region_of_profile()
    if not region:
        raise SecretError(
            f"{setting}: nothing says in which region the secret {secret_id} is: set AWS_REGION, "
            "or give its full ARN."
        )
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise SecretError(f"{variable} is {region!r}: give a region such as eu-central-1.")
    return region


def region_of_profile() -> str:
    """Of the laptop's AWS_PROFILE, or empty."""
    import botocore.exceptions
    import botocore.session

    try:
        return botocore.session.get_session().get_config_variable("region") or ""
    except botocore.exceptions.BotoCoreError as error:
        raise SecretError(f"The configuration of AWS cannot be read: {error}.") from error


def flat(message: str) -> str:
    """As a part of a sentence."""
    return shorten(message, 300, placeholder=" …").rstrip(".")
