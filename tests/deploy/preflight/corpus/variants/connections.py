from tests.deploy.preflight.corpus.variant import Variant, fault, more, within, without
from tests.deploy.preflight.corpus.variants.egress import ACL, OTHER_VPC

OWN = "fargate-nat ec2-awsvpc"
HOSTS = "ec2-bridge ec2-host"
ALL = f"{OWN} {HOSTS}"
PUBLIC_ACL = ACL.replace("PrivateA,", "PublicA,").replace("FROM", "443").replace("TO", "443")
PEER = '            - {Name: PORT, Value: "8000"}\n'
URL = "            - {{Name: STOCK_URL, Value: {}}}\n"

VARIANTS: list[Variant] = [
    *fault(
        "B08",
        OWN,
        "another port",
        within("TaskIngress", "FromPort: 8000, ToPort: 8000", "FromPort: 8080, ToPort: 8080"),
    ),
    *fault("B08", OWN, "from itself", within("TaskIngress", "BalancerGroup", "TaskGroup")),
    *fault("B08", "fargate-endpoints fargate-public", "no rule", without("TaskIngress")),
    *fault(
        "B08",
        "ec2-host",
        "another port",
        within("HostIngress", "FromPort: 8000, ToPort: 8000", "FromPort: 80, ToPort: 80"),
    ),
    *fault(
        "B09",
        "ec2-bridge ec2-bridge-private",
        "the container's port",
        within("HostIngress", "FromPort: 32768, ToPort: 60999", "FromPort: 8000, ToPort: 8000"),
    ),
    *fault(
        "B09",
        "ec2-bridge",
        "half of them",
        within("HostIngress", "FromPort: 32768, ToPort: 60999", "FromPort: 49152, ToPort: 65535"),
    ),
    *fault(
        "B10",
        ALL,
        "to 443 only",
        within(
            "BalancerGroup",
            "      SecurityGroupIngress:",
            "      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]\n      SecurityGroupIngress:",
        ),
    ),
    *fault(
        "B10",
        "fargate-nat",
        "to nobody",
        within(
            "BalancerGroup",
            "      SecurityGroupIngress:",
            '      SecurityGroupEgress: [{IpProtocol: "-1", CidrIp: 127.0.0.1/32}]\n      SecurityGroupIngress:',
        ),
    ),
    *fault(
        "B13",
        "fargate-nat ec2-host",
        "two zones of three",
        within("PrivateB", "!Select [1,", "!Select [2,"),
    ),
    *fault(
        "B14",
        ALL,
        "one subnet",
        within("Balancer", "[!Ref PublicA, !Ref PublicB]", "[!Ref PublicA]"),
    ),
    *fault(
        "B14",
        "fargate-nat",
        "one zone",
        within("PublicB", "!Select [1, !GetAZs", "!Select [0, !GetAZs"),
    ),
    *fault(
        "B15",
        "fargate-nat ec2-bridge",
        "private subnets",
        within("Balancer", "[!Ref PublicA, !Ref PublicB]", "[!Ref PrivateA, !Ref PrivateB]"),
    ),
    *fault("N19", "fargate-nat", "around the load balancer", more(PUBLIC_ACL)),
    *fault(
        "N22",
        "fargate-endpoints",
        "the public load balancer",
        within("TaskDefinition", PEER, PEER + URL.format('!Sub "https://${Balancer.DNSName}"')),
    ),
    *fault("D01", ALL, "no rule", without("DatabaseIngress")),
    *fault(
        "D01",
        ALL,
        "another port",
        within("DatabaseIngress", "FromPort: 5432, ToPort: 5432", "FromPort: 3306, ToPort: 3306"),
    ),
    *fault("D01", OWN, "DocumentDB's", without("DocumentIngress")),
    *fault(
        "D01",
        "fargate-nat",
        "the database has another port",
        within("Database", "      AllocatedStorage", '      Port: "5433"\n      AllocatedStorage'),
    ),
    *fault("D01", "fargate-nat", "the bastion", without("BastionToDatabase")),
    *fault("D07", OWN, "no instance", without("DocumentInstance")),
    *fault(
        "D08",
        OWN,
        "one subnet",
        within("DatabaseSubnets", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PrivateA]"),
    ),
    *fault(
        "D08",
        "ec2-host",
        "one zone",
        within(
            "DocumentSubnets", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PrivateA, !Ref PublicA]"
        ),
    ),
    *fault(
        "D10",
        "fargate-nat",
        "another network",
        within("DatabaseSubnets", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref OtherA, !Ref OtherB]"),
        more(
            OTHER_VPC
            + "".join(
                f"""\
  Other{zone}:
    Type: AWS::EC2::Subnet
    Properties: {{VpcId: !Ref OtherVpc, AvailabilityZone: !Select [{index}, !GetAZs ""], CidrBlock: 10.99.{index}.0/24}}
"""
                for index, zone in enumerate("AB")
            )
        ),
    ),
    *fault(
        "D12",
        "fargate-nat",
        "no way in",
        within("BastionRole", "AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"),
    ),
    *fault(
        "D12",
        "fargate-nat",
        "no profile",
        within("Bastion", "      IamInstanceProfile: !Ref BastionProfile\n", ""),
    ),
    *fault(
        "C09",
        ALL,
        "Kubernetes' DNS",
        within(
            "TaskDefinition",
            PEER,
            PEER + URL.format('"http://stock.default.svc.cluster.local:8000"'),
        ),
    ),
    *fault(
        "C09",
        "fargate-nat ec2-bridge",
        "localhost",
        within("TaskDefinition", PEER, PEER + URL.format('"http://localhost:8001"')),
    ),
    *fault("C09", "fargate-nat", "empty", within("TaskDefinition", PEER, PEER + URL.format('""'))),
    *fault(
        "C09",
        "fargate-peers",
        "a name that nobody has",
        within("PeerTask", "shop.shop.internal", "store.shop.internal"),
    ),
    *fault("X02", ALL, "no source", within("BalancerGroup", ", CidrIp: 0.0.0.0/0}", "}")),
    *fault(
        "X02",
        "fargate-nat",
        "no source on its own",
        within("TaskIngress", ", SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId", ""),
    ),
    *fault("X03", OWN, "the default network", within("TaskGroup", "      VpcId: !Ref Vpc\n", "")),
    *fault(
        "X03",
        "ec2-host",
        "another network",
        within("BalancerGroup", "VpcId: !Ref Vpc", "VpcId: !Ref OtherVpc"),
        more(OTHER_VPC),
    ),
]
