"""What an instance is started with, wherever that is written."""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from deploy.ecs.evaluator.symbols import Text, Unknown, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part
from deploy.ecs.graph.reading import agreed, parts_of, text
from deploy.ecs.graph.roles import InstanceProfile, Role
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet

HOLE = "\ufffc"  # stands for a symbol
SETTING = re.compile(r"""\b(ECS_[A-Z_]+)\s*=\s*("[^"\n]*"|'[^'\n]*'|[^\s"';|&)>]*)""")


class Machine(Part):
    """Of a launch template, a launch configuration or an instance: they write it alike."""

    @property
    def instance_type(self) -> str | None:
        return self.text("InstanceType")

    @property
    def image(self) -> Value:
        return self.value("ImageId")

    @cached_property
    def user_data(self) -> Value:
        """Decoded; with symbols in it where it has some."""
        return agreed(self.raw("UserData"), _decoded)

    @cached_property
    def agent(self) -> Mapping[str, Value]:
        """The settings of ECS's agent that the user data name."""
        parts = parts_of(self.user_data)
        return MappingProxyType(_settings(parts) if parts else {})

    @property
    def profile(self) -> Link[InstanceProfile] | None:
        names = (
            ("IamInstanceProfile", "Arn"),
            ("IamInstanceProfile", "Name"),
            ("IamInstanceProfile",),
        )
        return next((each for name in names if (each := self.link(InstanceProfile, *name))), None)

    @property
    def role(self) -> Role | None:
        profile = self.profile.node if self.profile else None
        roles = profile.roles if profile else Listing[Link[Role]]()
        return roles[0].node if len(roles) == 1 else None

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        """Of its first interface. None given means the network's default group."""
        for name in (
            ("NetworkInterfaces", 0, "Groups"),
            ("NetworkInterfaces", 0, "GroupSet"),
            ("SecurityGroupIds",),
            ("SecurityGroups",),
        ):
            if self.given(*name) is not False:
                return self.links(SecurityGroup, *name)
        return Listing(complete=False)

    @property
    def subnet(self) -> Link[Subnet] | None:
        inside = self.link(Subnet, "NetworkInterfaces", 0, "SubnetId")
        return inside or self.link(Subnet, "SubnetId")

    @property
    def public_address(self) -> bool | None:
        """Whether it asks for one. None where it does not say, and its subnet decides."""
        found = self.flag("NetworkInterfaces", 0, "AssociatePublicIpAddress")
        return self.flag("AssociatePublicIpAddress") if found is None else found

    @property
    def key_name(self) -> Value:
        return self.value("KeyName")


class LaunchTemplate(Node):
    TYPES = ("AWS::EC2::LaunchTemplate",)

    @property
    def machine(self) -> Machine:
        element = Element(
            self.raw("LaunchTemplateData"), self.place("LaunchTemplateData"), self.exists
        )
        return self.part_at(Machine, element)


class LaunchConfiguration(Node):
    TYPES = ("AWS::AutoScaling::LaunchConfiguration",)

    @property
    def machine(self) -> Machine:
        return self.part_at(Machine, Element(self.body, self.at, self.exists))


class Ec2Instance(Node):
    TYPES = ("AWS::EC2::Instance",)

    @property
    def machine(self) -> Machine:
        return self.part_at(Machine, Element(self.body, self.at, self.exists))


def machine_of(node: Node) -> Machine | None:
    if isinstance(node, LaunchTemplate | LaunchConfiguration | Ec2Instance):
        return node.machine
    return None


def _decoded(value: Value) -> Value:
    if isinstance(value, Unknown) and value.function == "Fn::Base64":
        return value.argument if parts_of(value.argument) else None
    written = text(value)
    if written is None:
        return None
    try:
        return base64.b64decode(written, validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _settings(parts: tuple[object, ...]) -> dict[str, Value]:
    """The last of each name, as a shell would have it."""
    symbols = [each for each in parts if not isinstance(each, str)]
    written = "".join(each if isinstance(each, str) else HOLE for each in parts)
    found: dict[str, Value] = {}
    for match in SETTING.finditer(written):
        first = written[: match.start(2)].count(HOLE)
        found[match[1]] = _filled(match[2].strip("\"'"), symbols[first:])
    return found


def _filled(written: str, symbols: list[object]) -> Value:
    pieces: list[object] = []
    for index, piece in enumerate(written.split(HOLE)):
        pieces += [piece] if index == 0 else [symbols[index - 1], piece]
    found = joined(pieces)
    return found if isinstance(found, str | Text) or found in symbols else None
