"""Networks."""

from deploy.ecs.graph.parts import Node


class Vpc(Node):
    TYPES = ("AWS::EC2::VPC",)

    @property
    def cidr(self) -> str | None:
        return self.text("CidrBlock")

    @property
    def dns_support(self) -> bool | None:
        return self.flag("EnableDnsSupport", default=True)

    @property
    def dns_hostnames(self) -> bool | None:
        return self.flag("EnableDnsHostnames", default=False)
