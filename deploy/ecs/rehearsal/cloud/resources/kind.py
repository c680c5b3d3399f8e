"""One type of resource: how its service's API makes, changes and deletes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath  # type: ignore[import-untyped]

from deploy.ecs.rehearsal.cloud.resources.calls import Aws

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Operations are in boto3's words; paths are JMESPath. What a template calls the resource
    (Ref) is its id here."""

    service: str
    create_with: str
    id_at: str  # in create's answer
    delete_with: str = ""
    key: str  # the parameter by which the other operations name it
    update_with: str = ""
    describe_with: str = ""
    described_by: str = ""  # its parameter, where it is another than `key`
    described_at: str = "@"
    attributes: Mapping[str, str] = field(default_factory=dict)  # in what describe shows
    name: str = ""  # the property that names it, and is generated where it is not given
    longest: int = 64  # such a name
    ec2: str = ""  # what EC2 calls the type where it is tagged

    def create(self, aws: Aws, properties: Properties) -> str:
        answer = aws.call(self.service, self.create_with, self.tagged(properties))
        return str(jmespath.search(self.id_at, answer))

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        if self.update_with:
            aws.call(self.service, self.update_with, properties, {self.key: physical_id})
        if self.ec2 and are_new(before, properties):
            aws.call("ec2", "create_tags", properties, Resources=[physical_id])

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        if self.delete_with:
            aws.call(self.service, self.delete_with, {self.key: physical_id})

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        """What Fn::GetAtt shows."""
        if not self.attributes:
            return {}
        described = self.described(aws, physical_id)
        return {name: jmespath.search(at, described) for name, at in self.attributes.items()}

    def described(self, aws: Aws, physical_id: str) -> Any:
        # Where the parameter is a list, call() makes it one.
        by = {self.described_by or self.key: physical_id}
        answer = aws.call(self.service, self.describe_with, by)
        return jmespath.search(self.described_at, answer)

    def snapshot(self, aws: Aws, physical_id: str, name: str) -> None:
        """By which the data outlive it. Only databases have one."""
        raise NotImplementedError

    def is_taken(self, aws: Aws, properties: Properties) -> bool:
        """Whether another has its name, where create would not say so."""
        return False

    def tagged(self, properties: Properties) -> Properties:
        if not self.ec2 or not properties.get("Tags"):
            return properties
        tags = [{"ResourceType": self.ec2, "Tags": properties["Tags"]}]
        return {**properties, "TagSpecifications": tags}


def are_new(before: Properties, properties: Properties) -> bool:
    """The tags."""
    return bool(properties.get("Tags")) and before.get("Tags") != properties["Tags"]
