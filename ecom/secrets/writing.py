"""Changing a secret, without taking back what somebody else has changed meanwhile."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecom.secrets.reading import calling, read
from ecom.secrets.secret import Secret
from ecom.secrets.source import WRITE

CHANGED = ("somebody else has changed it just now", "start again")


def write(secret: Secret, values: Mapping[str, Any]) -> None:
    """Makes them the secret's current version, if that is still the one `secret` was read from.

    Raises SecretError.
    """
    source = replace(secret.source, action=WRITE)
    if read(secret.source).version != secret.version:
        raise source.unreadable(*CHANGED)
    arguments = {
        "SecretId": secret.source.secret_id,
        "SecretString": json.dumps(values),
        "ClientRequestToken": token(secret),
    }
    calling(source, "put_secret_value", arguments)


def token(secret: Secret) -> str:
    """The id of the version that follows: of two who write at one moment only one can have it, and
    AWS refuses the other with ResourceExistsException.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{secret.arn}#{secret.version}"))
