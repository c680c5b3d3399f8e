"""Network ACLs: what a subnet lets in and out, whatever the security groups say."""

from functools import cached_property

from deploy.ecs.graph.addresses import covers
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part, is_meant
from deploy.ecs.graph.protocols import ports_cover, protocol_named, protocols_meet
from deploy.ecs.graph.truth import Answer, Truth, all_of
from deploy.ecs.graph.vpcs import Vpc


class NetworkAcl(Node):
    TYPES = ("AWS::EC2::NetworkAcl",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @cached_property
    def entries(self) -> Listing["AclEntry"]:
        """By number, those without a known one at the end."""
        written = (each.of_acl(self) for each in self.graph.all(AclEntryResource))
        found = [each for each in written if each]
        return Listing(tuple(sorted(found, key=lambda each: each.rule_number or 99_999)))

    def admits(
        self, direction: str, protocol: str, port: int, address: str | None
    ) -> Answer["AclEntry"]:
        """The first entry that fits decides, and where none does, nothing is let through."""
        doubtful: list[AclEntry] = []
        for each in self.entries:
            fits = each.covers(direction, protocol, port, address)
            if fits and each.allows is not None and each.rule_number is not None:
                truths = {each.allows, *(one.allows for one in doubtful)}
                return Answer(each.allows if len(truths) == 1 else None, (*doubtful, each))
            if fits is not False:
                doubtful.append(each)
        is_open = any(each.allows is not False for each in doubtful)
        return Answer(None if is_open else False, tuple(doubtful))


class AclEntry(Part):
    @property
    def rule_number(self) -> int | None:
        return self.number("RuleNumber")

    @property
    def is_egress(self) -> bool | None:
        return self.flag("Egress", default=False)

    @property
    def allows(self) -> bool | None:
        found = self.text("RuleAction")
        return None if found is None else found.lower() == "allow"

    @property
    def protocol(self) -> str | None:
        return protocol_named(self.text("Protocol"))

    @property
    def cidr(self) -> str | None:
        return self.text("CidrBlock")

    def covers(self, direction: str, protocol: str, port: int, address: str | None) -> Truth:
        is_egress = self.is_egress
        return all_of(
            [
                self.exists,
                None if is_egress is None else is_egress is (direction == "out"),
                protocols_meet(self.protocol, protocol),
                ports_cover(self.protocol, self.first, self.last, port),
                covers(self.cidr, address) if self.given("CidrBlock") is not False else False,
            ]
        )

    @property
    def first(self) -> int | None:
        return 0 if self.protocol == "all" else self.number("PortRange", "From")

    @property
    def last(self) -> int | None:
        return 65535 if self.protocol == "all" else self.number("PortRange", "To")


class AclEntryResource(Node):
    TYPES = ("AWS::EC2::NetworkAclEntry",)

    def of_acl(self, acl: NetworkAcl) -> AclEntry | None:
        is_it = is_meant(acl, self.link(NetworkAcl, "NetworkAclId"))
        if is_it is False:
            return None
        exists = all_of([self.exists, is_it])
        return self.part_at(AclEntry, Element(self.body, self.at, exists))
