"""What a secret holds. Its values are shown nowhere: not in a message, nor in a repr."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from ecom.secrets.source import OWN_ENDPOINT, Source


@dataclass(frozen=True)
class Secret:
    source: Source
    arn: str
    changed: datetime | None
    version: str
    values: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of_answer(cls, source: Source, answer: Mapping[str, Any]) -> Self:
        """From what GetSecretValue answered. Raises SecretError."""
        if "ARN" not in answer:
            raise source.unreadable("what answered is not Secrets Manager", OWN_ENDPOINT)
        if "SecretString" not in answer:
            raise source.unusable("it is binary", "store a JSON object as its text, SecretString")
        return cls(
            source,
            answer["ARN"],
            answer.get("CreatedDate"),
            answer.get("VersionId", ""),
            json_object(source, answer["SecretString"]),
        )

    @property
    def keys(self) -> str:
        """For people."""
        return ", ".join(sorted(self.values)) or "none"

    def settings(self) -> dict[str, str]:
        """As environment variables would give them."""
        return {name: text(value) for name, value in self.values.items() if value is not None}

    def credentials(self) -> tuple[str, str]:
        """User and password. Raises SecretError."""
        missing = [key for key in ("username", "password") if not self.values.get(key)]
        if missing:
            raise self.source.unusable(
                f"it has no {' and no '.join(missing)} (its keys: {self.keys})",
                "name the secret of the database, as RDS or DocumentDB keeps it",
            )
        user, password = self.values["username"], self.values["password"]
        if not (isinstance(user, str) and isinstance(password, str)):
            raise self.source.unusable(
                "its username and password are not both text", "put them in quotation marks"
            )
        return user, password


def json_object(source: Source, content: str) -> dict[str, Any]:
    cure = 'store an object, such as {"SECRET_KEY": "…"}'
    try:
        found = json.loads(content)
    except ValueError:
        # Not the cause: a JSONDecodeError carries the whole text.
        raise source.unusable("it is not JSON", cure) from None
    if not isinstance(found, dict):
        raise source.unusable("it is JSON, but not an object", cure)
    return found


def text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)  # as of ALLOWED_HOSTS
    return json.dumps(value)  # numbers, true and false, and the JWK set of SIGNING_KEYS
