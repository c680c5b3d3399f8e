"""The secrets of a service, made once and never read by the command: each task reads its own.

A password is in Secrets Manager and nowhere else. Tags of the owner's secret say what was done
with it, so that nothing is done twice.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.evaluator.symbols import Parameter, Value
from deploy.ecs.stacks import Parts, Secrets
from ecom.keys import KeySet

RECOVERY_DAYS = 7  # the fewest that Secrets Manager has
BOOTSTRAPPED, MIGRATED = "Bootstrapped", "Migrated"


@dataclass
class ServiceSecrets:
    aws: AWS
    parts: Parts
    service: str

    @property
    def client(self) -> Any:
        return self.aws.client("secretsmanager")

    @cached_property
    def prefix(self) -> str:
        deployment = self.parts.deployment
        return f"{deployment.project}/{deployment.environment}/{self.service}"

    @property
    def names(self) -> dict[str, str]:
        return {
            "service": self.prefix,
            "user": f"{self.prefix}/database",
            "owner": f"{self.prefix}/owner",
        }

    def make(self, master: str | None) -> Secrets:
        """Those that are missing, and the ARNs of all."""
        kind = self.parts.deployment.services[self.service].database
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "service": keys,
            "user": partial(credentials, f"{self.service}_user"),
        }
        if kind == "postgresql":
            makers["owner"] = partial(credentials, f"{self.service}_owner")
        arns = {key: self.made(self.names[key], content) for key, content in makers.items()}
        # DocumentDB does not tell who owns a collection from who uses it.
        return Secrets(arns["service"], arns["user"], arns.get("owner", arns["user"]), master)

    def found(self, master: Value | None) -> Secrets:
        """ARNs of those that are there; a symbol for each that `make` would make."""
        there = {key: self.described(name) for key, name in self.names.items()}
        arns = {
            key: found["ARN"] if found else Parameter(self.names[key], "secrets")
            for key, found in there.items()
        }
        if self.parts.deployment.services[self.service].database == "documentdb":
            arns["owner"] = arns["user"]
        return Secrets(arns["service"], arns["user"], arns["owner"], master)

    def made(self, name: str, content: Callable[[], dict[str, Any]]) -> str:
        found = self.described(name)
        if found and "DeletedDate" in found:
            # A database that is restored from its snapshot still has these passwords.
            self.client.restore_secret(SecretId=name)
        if found:
            return str(found["ARN"])
        deployment = self.parts.deployment
        key = {"KmsKeyId": deployment.kms_key} if deployment.kms_key else {}
        created = self.client.create_secret(
            Name=name,
            Description=f"{self.service} of {deployment.project} in {deployment.environment}",
            SecretString=json.dumps(content()),
            Tags=[{"Key": each, "Value": value} for each, value in self.parts.tags.items()],
            **key,
        )
        return str(created["ARN"])

    def delete(self) -> list[str]:
        """The names of those that were there. They can be brought back for RECOVERY_DAYS."""
        there = [name for name in self.names.values() if self.exists(name)]
        for name in there:
            self.client.delete_secret(SecretId=name, RecoveryWindowInDays=RECOVERY_DAYS)
        return there

    def exists(self, name: str) -> bool:
        found = self.described(name)
        return found is not None and "DeletedDate" not in found

    def described(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(self.client.describe_secret(SecretId=name))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise

    # What was done.

    @property
    def owner(self) -> str:
        """The name of the secret that has the marks."""
        kind = self.parts.deployment.services[self.service].database
        return self.names["owner" if kind == "postgresql" else "user"]

    def marks(self) -> dict[str, str]:
        tags = (self.described(self.owner) or {}).get("Tags", [])
        return {each["Key"]: each["Value"] for each in tags}

    def set_mark(self, key: str, value: str) -> None:
        tag = {"Key": key, "Value": marked(value)}
        self.client.tag_resource(SecretId=self.owner, Tags=[tag])


def keys() -> dict[str, Any]:
    """What a service signs with. Takes a moment."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SIGNING_KEYS": json.loads(KeySet.generate().to_json()),
    }


def credentials(user: str) -> dict[str, Any]:
    return {"username": user, "password": secrets.token_urlsafe(32)}


def marked(value: str) -> str:
    """As much of it as a tag holds; the end of an image's name tells it apart."""
    return value[-255:]
