"""Where images, logs and parameters are kept."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.parts import Node


class LogGroup(Node):
    TYPES = ("AWS::Logs::LogGroup",)

    @property
    def group_name(self) -> Value:
        return self.name or self.id

    @property
    def key(self) -> Value:
        return self.value("KmsKeyId")


class Repository(Node):
    TYPES = ("AWS::ECR::Repository",)

    @property
    def has_fixed_tags(self) -> bool | None:
        found = self.text("ImageTagMutability", default="MUTABLE")
        return None if found is None else found == "IMMUTABLE"


class SsmParameter(Node):
    TYPES = ("AWS::SSM::Parameter",)

    def spellings(self) -> Iterator[Value]:
        yield from super().spellings()
        if isinstance(self.name, str):  # an ARN has its slash once
            yield self.name.lstrip("/")
