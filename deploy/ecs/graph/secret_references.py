"""What a container's `Secrets` say: arn:...:secret:name-AbCdEf:json-key:stage:version.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Attribute, Reference, Symbol, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.names import fields
from deploy.ecs.graph.parts import Node, Part
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.graph.storage import SsmParameter

OF_ARN = 7  # fields


class SecretReference(Part):
    @property
    def variable(self) -> str | None:
        return self.text("Name")

    @property
    def written(self) -> Value:
        return self.value("ValueFrom")

    @cached_property
    def _pieces(self) -> tuple[Value, list[Value]]:
        """The ARN, or name, and the fields behind it. None: not known."""
        parts = parts_of(self.written)
        if parts is None:
            return None, []
        first = parts[0]
        if isinstance(first, Symbol) and (len(parts) == 1 or str(parts[1])[:1] == ":"):
            rest = fields(joined(parts[1:]), ":", 99) or [] if len(parts) > 1 else [""]
            return first, rest[1:]
        found = fields(self.written, ":", 99) or []
        if len(found) > 3 and found[0] == "arn" and found[2] == "secretsmanager":
            head = [each for one in found[:OF_ARN] for each in (":", one)]
            return joined(head[1:]), found[OF_ARN:]
        return self.written, []

    @property
    def service(self) -> str | None:
        """ "secretsmanager" or "ssm"; ECS takes what is no ARN for a parameter's name."""
        if isinstance(self.target, SsmParameter):
            return "ssm"
        if self.target is not None:
            return "secretsmanager"
        parts = parts_of(self.written)
        if parts is None or not isinstance(parts[0], str):
            return None
        if not parts[0].startswith("arn:"):
            return "ssm"
        found = fields(self.written, ":", 3) or []
        known = {"ssm": "ssm", "secretsmanager": "secretsmanager"}
        return known.get(found[2]) if len(found) > 2 and isinstance(found[2], str) else None

    @property
    def arn(self) -> Value:
        """As it is written, so a name where that is no ARN."""
        return self._pieces[0]

    @property
    def extra_fields(self) -> int | None:
        """How many stand behind the ARN: ECS wants none or three."""
        return None if self._is_open else len(self._pieces[1])

    @property
    def json_key(self) -> str | None:
        return self._field(0)

    @property
    def stage(self) -> str | None:
        return self._field(1)

    @property
    def version(self) -> str | None:
        return self._field(2)

    @property
    def _is_open(self) -> bool:
        """Whether a symbol may have such fields in it."""
        arn, rest = self._pieces
        is_symbol = isinstance(arn, Symbol) and len(parts_of(arn) or ()) == 1
        return arn is None or (
            is_symbol and not rest and not isinstance(arn, Reference | Attribute)
        )

    def _field(self, index: int) -> str | None:
        """ "" where it is not given."""
        rest = self._pieces[1]
        if self._is_open:
            return None
        found = rest[index] if index < len(rest) else ""
        return found if isinstance(found, str) else None

    @cached_property
    def target(self) -> Node | None:
        found = self.graph.find(self.arn)
        return found if isinstance(found, SecretLike | SsmParameter) else self._named()

    def _named(self) -> Node | None:
        """A name may be that of other resources too."""
        return self.graph.find(self.arn, SecretLike) or self.graph.find(self.arn, SsmParameter)
