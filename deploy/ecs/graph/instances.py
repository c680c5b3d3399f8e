"""What an instance is started with, wherever that is written."""

import re
from collections.abc import Mapping
from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part
from deploy.ecs.graph.reading import agreed, parts_of
from deploy.ecs.graph.roles import InstanceProfile, Role
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.truth import Truth, negated
from deploy.ecs.graph.user_data import Script, agent, decoded, scripts_in

INITIALISED = re.compile(r"cfn-init\b(?:[^\n]|\\\n)*?(?:--resource|-r)[ =]+(\w+)")


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
        return agreed(self.raw("UserData"), decoded)

    @cached_property
    def _script(self) -> Script:
        return Script(parts_of(self.user_data) or ())

    @cached_property
    def _initialisation(self) -> tuple[Script, ...]:
        """What cfn-init does, if the user data call it."""
        named = INITIALISED.search(self._script.written)
        node = self.graph.node(self.resource.stack, named[1]) if named else None
        if "cfn-init" not in self._script.written:
            return ()
        metadata = (node.resource if node else self.resource).attributes.get("Metadata")
        found = metadata.get("AWS::CloudFormation::Init") if isinstance(metadata, dict) else None
        return tuple(scripts_in(found))

    @cached_property
    def agent(self) -> Mapping[str, Value]:
        """The settings of ECS's agent that the user data name; None for a value that is not
        known."""
        return agent([self._script, *self._initialisation])

    @property
    def shows_agent(self) -> Truth:
        """Whether the agent certainly has no other settings: none is hidden in what the user data
        fetch, or in a parameter."""
        if self.given("UserData") is False:
            return True
        calls = "cfn-init" in self._script.written
        known = self.user_data is not None and bool(self._initialisation or not calls)
        shown = all(each.shows_all for each in (self._script, *self._initialisation))
        return True if known and shown else None

    @property
    def mentions_ecs(self) -> bool:
        scripts = (self._script, *self._initialisation)
        return any(re.search(r"\becs\b|ECS_", each.written) is not None for each in scripts)

    def setting(self, name: str) -> Truth:
        """Whether the agent has one of that name."""
        return True if name in self.agent else negated(self.shows_agent)

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
