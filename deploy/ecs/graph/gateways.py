"""What stands between a network and what is outside."""

from deploy.ecs.graph.parts import Link, Node, is_meant
from deploy.ecs.graph.routes import Gateway
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.truth import Truth, all_of, any_of
from deploy.ecs.graph.vpcs import Vpc


class NatGateway(Gateway):
    TYPES = ("AWS::EC2::NatGateway",)
    kind = "nat gateway"

    @property
    def subnet(self) -> Link[Subnet] | None:
        return self.link(Subnet, "SubnetId")

    @property
    def is_private(self) -> bool | None:
        found = self.text("ConnectivityType", default="public")
        return None if found is None else found == "private"

    @property
    def leads(self) -> Truth:
        """Whether it has a way to the internet itself."""
        if self.is_private is not False:
            return None
        return self.subnet.node.is_public if self.subnet and self.subnet.node else None


class VpnGateway(Gateway):
    TYPES = ("AWS::EC2::VPNGateway",)
    kind = "vpn gateway"


class InternetGateway(Gateway):
    TYPES = ("AWS::EC2::InternetGateway",)
    kind = "internet gateway"

    @property
    def leads(self) -> Truth:
        return True


class GatewayAttachment(Node):
    TYPES = ("AWS::EC2::VPCGatewayAttachment",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @property
    def gateway(self) -> Link[InternetGateway] | None:
        return self.link(InternetGateway, "InternetGatewayId")


def is_attached(gateway: InternetGateway, vpc: Vpc) -> Truth:
    """As far as these stacks tell."""
    return any_of(
        all_of([each.exists, is_meant(gateway, each.gateway), is_meant(vpc, each.vpc)])
        for each in gateway.graph.all(GatewayAttachment)
    )
