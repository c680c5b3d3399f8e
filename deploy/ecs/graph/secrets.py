"""Secrets, and what is known of their contents."""

import json
from collections.abc import Iterator

from deploy.ecs.evaluator.pseudo import pseudo_parameter
from deploy.ecs.evaluator.symbols import Attribute, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.parts import Link, Node
from deploy.ecs.graph.reading import agreed
from deploy.ecs.graph.symbolic_json import top_keys

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
ATTACHED = frozenset({"engine", "host", "port", "dbname", "dbInstanceIdentifier"})


class SecretLike(Node):
    """What ECS can read keys of."""

    @property
    def keys(self) -> frozenset[str] | None:
        """Of the JSON in it; None where they are not known."""
        return None

    @property
    def rotates(self) -> bool:
        """Certainly."""
        return any(each.is_of(self) for each in self.graph.all(Rotation))


class Secret(SecretLike):
    TYPES = ("AWS::SecretsManager::Secret",)

    @property
    def key(self) -> Value:
        """That it is encrypted with; None for AWS's own, or where it is not known."""
        return self.value("KmsKeyId")

    @property
    def keys(self) -> frozenset[str] | None:
        written = self._written()
        attached = [each for each in self.graph.all(Attachment) if each.secret is not None]
        if any(each.secret and each.secret.node is self for each in attached):
            return None if written is None else written | ATTACHED
        return written

    def _written(self) -> frozenset[str] | None:
        if self.given("SecretString"):
            return agreed(self.raw("SecretString"), top_keys)
        if not self.given("GenerateSecretString"):
            return None
        generated = self.text("GenerateSecretString", "GenerateStringKey")
        template = agreed(self.raw("GenerateSecretString", "SecretStringTemplate"), top_keys)
        return None if generated is None or template is None else template | {generated}

    @property
    def is_json(self) -> bool | None:
        """Whether keys can be read of it at all."""
        if self.keys is not None:
            return True
        if self.given("SecretString") is False and self.given("GenerateSecretString"):
            return self.given("GenerateSecretString", "GenerateStringKey")
        written = self.text("SecretString")
        return None if written is None else _is_object(written)

    @property
    def excluded_characters(self) -> str | None:
        return self.text("GenerateSecretString", "ExcludeCharacters", default="")


class Attachment(Node):
    """It adds where the database is to its secret."""

    TYPES = ("AWS::SecretsManager::SecretTargetAttachment",)

    @property
    def secret(self) -> Link[Secret] | None:
        return self.link(Secret, "SecretId")

    @property
    def target(self) -> Link[Node] | None:
        return self.link(Node, "TargetId")


class Rotation(Node):
    TYPES = ("AWS::SecretsManager::RotationSchedule",)

    def is_of(self, secret: SecretLike) -> bool:
        link = self.link(SecretLike, "SecretId")
        return bool(link and link.node is secret and self.exists)


class ManagedSecret(SecretLike):
    """The one that RDS and DocumentDB make for the master user. Its resource is the database."""

    @property
    def rotates(self) -> bool:
        """Every seven days, unless somebody has turned it off."""
        return True

    @property
    def keys(self) -> frozenset[str] | None:
        return frozenset({"username", "password"})

    @property
    def database(self) -> Node | None:
        return self.graph.node(self.resource.stack, self.resource.logical_id)

    @property
    def attribute(self) -> Attribute:
        return Attribute(
            self.resource.logical_id, "MasterUserSecret.SecretArn", self.resource.stack
        )

    @property
    def id(self) -> Value:
        """Its ARN."""
        known = (
            self.physical.attributes.get("MasterUserSecret.SecretArn") if self.physical else None
        )
        return known or self.attribute

    @property
    def name(self) -> Value:
        return None

    @property
    def own_arn(self) -> Value:
        environment = self.graph.environment(self.resource.stack)
        partition, region, account = (
            pseudo_parameter(f"AWS::{name}", environment, "")
            for name in ("Partition", "Region", "AccountId")
        )
        where = [partition, ":secretsmanager:", region, ":", account, ":secret:rds!"]
        return joined(["arn:", *where, self.attribute])

    def spellings(self) -> Iterator[Value]:
        yield self.attribute
        yield self.id

    @property
    def label(self) -> str:
        return f"{super().label}.MasterUserSecret"


def _is_object(written: str) -> bool:
    try:
        return isinstance(json.loads(written), dict)
    except (ValueError, RecursionError):
        return False
