"""Which name servers a network asks."""

from deploy.ecs.graph.parts import Node, is_meant
from deploy.ecs.graph.truth import all_of
from deploy.ecs.graph.vpcs import Vpc

AMAZONS = ("AmazonProvidedDNS", "169.254.169.253")


class DhcpOptions(Node):
    TYPES = ("AWS::EC2::DHCPOptions",)

    @property
    def is_amazons(self) -> bool | None:
        servers = self.values("DomainNameServers")
        if self.given("DomainNameServers") is False or any(each in AMAZONS for each in servers):
            return True
        known = servers.complete and all(isinstance(each, str) for each in servers)
        # The second address of a network is Amazon's server too.
        return None if not known or any(str(each).endswith(".2") for each in servers) else False


class DhcpOptionsAssociation(Node):
    TYPES = ("AWS::EC2::VPCDHCPOptionsAssociation",)


def uses_own_resolver(vpc: Vpc) -> DhcpOptions | None:
    """The options by which it asks others than Amazon's, where that is known."""
    for each in vpc.graph.all(DhcpOptionsAssociation):
        options = each.link(DhcpOptions, "DhcpOptionsId")
        is_it = all_of([each.exists, is_meant(vpc, each.link(Vpc, "VpcId"))])
        if is_it and options and options.node and options.node.is_amazons is False:
            return options.node
    return None


def may_have_options(vpc: Vpc) -> bool:
    found = vpc.graph.all(DhcpOptionsAssociation)
    return any(is_meant(vpc, each.link(Vpc, "VpcId")) is not False for each in found)
