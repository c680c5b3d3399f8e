"""The network, but for its security groups."""

from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


class Vpc(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        vpc = super().create(aws, properties)
        self.set_dns(aws, vpc, properties)
        return vpc

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        super().update(aws, physical_id, before, properties)
        self.set_dns(aws, physical_id, properties)

    def set_dns(self, aws: Aws, vpc: str, properties: Properties) -> None:
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            if name in properties:
                value = {"Value": properties[name]}
                aws.call("ec2", "modify_vpc_attribute", VpcId=vpc, **{name: value})


class GatewayAttachment(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("ec2", "attach_internet_gateway", properties)
        return f"IGW|{properties['VpcId']}"

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.call("ec2", "detach_internet_gateway", properties)


class Subnet(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        subnet = super().create(aws, properties)
        public = {"Value": properties.get("MapPublicIpOnLaunch", False)}
        aws.call("ec2", "modify_subnet_attribute", SubnetId=subnet, MapPublicIpOnLaunch=public)
        return subnet


class Route(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("ec2", "create_route", properties)
        return f"{properties['RouteTableId']}|{properties['DestinationCidrBlock']}"

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        aws.call("ec2", "replace_route", properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        # Moto takes a name of IPv6 and IPv4 for different ones, so nothing but these two.
        named = {key: properties[key] for key in ("RouteTableId", "DestinationCidrBlock")}
        aws.call("ec2", "delete_route", named)


class Address(Kind):
    """Its Ref is the address, the API's key the allocation."""

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        allocation = self.described(aws, physical_id)["AllocationId"]
        aws.call("ec2", "release_address", AllocationId=allocation)

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        allocation = self.described(aws, physical_id)["AllocationId"]
        super().update(aws, allocation, before, properties)


class Endpoint(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        changes: dict[str, Any] = {}
        for name in ("RouteTableIds", "SubnetIds"):
            old, new = (each.get(name, []) for each in (before, properties))
            changes[f"Add{name}"] = [each for each in new if each not in old]
            changes[f"Remove{name}"] = [each for each in old if each not in new]
        if groups := properties.get("SecurityGroupIds"):
            changes["AddSecurityGroupIds"] = groups
        given = {name: value for name, value in changes.items() if value}
        aws.call("ec2", "modify_vpc_endpoint", given, VpcEndpointId=physical_id)


KINDS: dict[str, Kind] = {
    "AWS::EC2::VPC": Vpc(
        service="ec2",
        create_with="create_vpc",
        id_at="Vpc.VpcId",
        delete_with="delete_vpc",
        key="VpcId",
        describe_with="describe_vpcs",
        described_by="VpcIds",
        described_at="Vpcs[0]",
        attributes={"VpcId": "VpcId", "CidrBlock": "CidrBlock"},
        ec2="vpc",
    ),
    "AWS::EC2::InternetGateway": Kind(
        service="ec2",
        create_with="create_internet_gateway",
        id_at="InternetGateway.InternetGatewayId",
        delete_with="delete_internet_gateway",
        key="InternetGatewayId",
        ec2="internet-gateway",
    ),
    "AWS::EC2::VPCGatewayAttachment": GatewayAttachment(
        service="ec2", create_with="attach_internet_gateway", id_at="", key="InternetGatewayId"
    ),
    "AWS::EC2::Subnet": Subnet(
        service="ec2",
        create_with="create_subnet",
        id_at="Subnet.SubnetId",
        delete_with="delete_subnet",
        key="SubnetId",
        describe_with="describe_subnets",
        described_by="SubnetIds",
        described_at="Subnets[0]",
        attributes={"SubnetId": "SubnetId", "AvailabilityZone": "AvailabilityZone"},
        ec2="subnet",
    ),
    "AWS::EC2::RouteTable": Kind(
        service="ec2",
        create_with="create_route_table",
        id_at="RouteTable.RouteTableId",
        delete_with="delete_route_table",
        key="RouteTableId",
        ec2="route-table",
    ),
    "AWS::EC2::Route": Route(service="ec2", create_with="create_route", id_at="", key=""),
    "AWS::EC2::SubnetRouteTableAssociation": Kind(
        service="ec2",
        create_with="associate_route_table",
        id_at="AssociationId",
        delete_with="disassociate_route_table",
        key="AssociationId",
    ),
    "AWS::EC2::EIP": Address(
        service="ec2",
        create_with="allocate_address",
        id_at="PublicIp",
        key="PublicIp",
        describe_with="describe_addresses",
        described_by="PublicIps",
        described_at="Addresses[0]",
        attributes={"AllocationId": "AllocationId", "PublicIp": "PublicIp"},
        ec2="elastic-ip",
    ),
    "AWS::EC2::NatGateway": Kind(
        service="ec2",
        create_with="create_nat_gateway",
        id_at="NatGateway.NatGatewayId",
        delete_with="delete_nat_gateway",
        key="NatGatewayId",
        ec2="natgateway",
    ),
    "AWS::EC2::VPCEndpoint": Endpoint(
        service="ec2",
        create_with="create_vpc_endpoint",
        id_at="VpcEndpoint.VpcEndpointId",
        delete_with="delete_vpc_endpoints",
        key="VpcEndpointIds",
        ec2="vpc-endpoint",
    ),
}
