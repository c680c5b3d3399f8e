"""Endpoints of a template in a network that is there."""

from tests.deploy.amazon import Amazon
from tests.deploy.preflight.live.account import Asked, of

TEMPLATE = """
Resources:
  Secrets:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: VPC
      VpcEndpointType: Interface
      ServiceName: com.amazonaws.eu-central-1.secretsmanager
      PrivateDnsEnabled: true
"""


def network(amazon: Amazon, servers: str = "", *, names: bool = True) -> str:
    ec2 = amazon.client("ec2")
    vpc = str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": names})
    if servers:
        settings = [{"Key": "domain-name-servers", "Values": [servers]}]
        options = ec2.create_dhcp_options(DhcpConfigurations=settings)["DhcpOptions"]
        ec2.associate_dhcp_options(VpcId=vpc, DhcpOptionsId=options["DhcpOptionsId"])
    return vpc


def test_good(asked: Asked, amazon: Amazon) -> None:
    assert not of(asked(TEMPLATE.replace("VPC\n", f"{network(amazon)}\n")), "N12", "N20")


def test_names_are_off(asked: Asked, amazon: Amazon) -> None:
    vpc = network(amazon, names=False)
    [found] = of(asked(TEMPLATE.replace("VPC\n", f"{vpc}\n")), "N12")
    assert (found.severity, found.resource, found.property) == ("error", "Secrets", "VpcId")
    assert found.why[1] == "There DNS hostnames is off."


def test_names_are_off_without_private_dns(asked: Asked, amazon: Amazon) -> None:
    vpc = network(amazon, "10.0.0.53", names=False)
    template = TEMPLATE.replace("VPC\n", f"{vpc}\n").replace("Enabled: true", "Enabled: false")
    assert not of(asked(template), "N12", "N20")


def test_name_servers(asked: Asked, amazon: Amazon) -> None:
    vpc = network(amazon, "10.0.0.53")
    [found] = of(asked(TEMPLATE.replace("VPC\n", f"{vpc}\n")), "N20")
    assert (found.severity, found.resource, found.property) == ("warning", "Secrets", "VpcId")
    assert "asks 10.0.0.53" in found.why[1]


def test_amazons_name_server_by_its_address(asked: Asked, amazon: Amazon) -> None:
    vpc = network(amazon, "10.0.0.2")
    assert not of(asked(TEMPLATE.replace("VPC\n", f"{vpc}\n")), "N20")


def test_refused(asked: Asked, amazon: Amazon) -> None:
    vpc = network(amazon, "10.0.0.53", names=False)
    answers = {
        "ec2.DescribeVpcAttribute": "UnauthorizedOperation",
        "ec2.DescribeDhcpOptions": "UnauthorizedOperation",
    }
    found = asked(TEMPLATE.replace("VPC\n", f"{vpc}\n"), answers)
    assert not of(found, "N12", "N20")
    told = {each.resource for each in of(found, "T05")}
    assert told == {"ec2:DescribeVpcAttribute", "ec2:DescribeDhcpOptions"}
