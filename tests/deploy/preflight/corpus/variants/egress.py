from tests.deploy.preflight.corpus.variant import Variant, fault, more, swap, within, without

NAT = "fargate-nat"
ENDPOINTS = "fargate-endpoints"
AGENTS = "ec2-bridge-private"
NO_ROUTE = (without("PrivateDefault"), swap(", PrivateDefault", ""))
ACL = """\
  Acl:
    Type: AWS::EC2::NetworkAcl
    Properties: {VpcId: !Ref Vpc}
  AclA:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {SubnetId: !Ref PrivateA, NetworkAclId: !Ref Acl}
  AclOut:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, Egress: true, RuleAction: allow, CidrBlock: 0.0.0.0/0}
  AclIn:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: FROM, To: TO}}
"""
DHCP = """\
  Dhcp:
    Type: AWS::EC2::DHCPOptions
    Properties: {DomainNameServers: [10.20.0.53]}
  DhcpOfVpc:
    Type: AWS::EC2::VPCDHCPOptionsAssociation
    Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Dhcp}
"""
OTHER_VPC = """\
  OtherVpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.99.0.0/16}
"""
POLICY = """
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: "*", Action: ACTION, Resource: RESOURCE}]
"""

VARIANTS: list[Variant] = [
    *fault(
        "N18",
        "fargate-endpoints",
        "to the network only, where S3 is not",
        within(
            "TaskGroup",
            '[{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]',
            '[{IpProtocol: "-1", CidrIp: !GetAtt Vpc.CidrBlock}]',
        ),
    ),
    *fault(
        "N12",
        "fargate-nat fargate-endpoints ec2-host",
        "no names at all",
        within("Vpc", "EnableDnsSupport: true", "EnableDnsSupport: false"),
    ),
    *fault(
        "I05",
        "fargate-endpoints",
        "a bucket of its own only",
        within(
            "S3Endpoint",
            "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*",
            "${Papers.Arn}/*",
        ),
        more("  Papers:\n    Type: AWS::S3::Bucket\n"),
    ),
    *fault(
        "N01",
        "ec2-awsvpc",
        "tasks in public subnets",
        within("Service", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PublicA, !Ref PublicB]"),
    ),
    *fault(
        "N02",
        "ec2-awsvpc",
        "a public address on instances",
        within("Service", "DISABLED", "ENABLED"),
    ),
    *fault("N03", "fargate-public", "no public address", within("Service", "ENABLED", "DISABLED")),
    *fault(
        "I03",
        "fargate-public",
        "no public address",
        within("Service", "AssignPublicIp: ENABLED", "AssignPublicIp: DISABLED"),
    ),
    *fault(
        "N03",
        NAT,
        "in public subnets",
        within("Service", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PublicA, !Ref PublicB]"),
    ),
    *fault("N04", NAT, "no route", *NO_ROUTE),
    *fault("I03", NAT, "no route", *NO_ROUTE),
    *fault("I04", NAT, "no route", *NO_ROUTE),
    *fault("N04", NAT, "the NAT gateway is private itself", within("Nat", "PublicA", "PrivateA")),
    *fault(
        "N04",
        NAT,
        "its subnet's association is of another table",
        within("PrivateARoutes", "RouteTableId: !Ref PrivateRoutes", "RouteTableId: !Ref Lonely"),
        more("  Lonely:\n    Type: AWS::EC2::RouteTable\n    Properties: {VpcId: !Ref Vpc}\n"),
    ),
    *fault(
        "N04",
        NAT,
        "the route is for one network only",
        within("PrivateDefault", "0.0.0.0/0", "192.168.0.0/16"),
    ),
    *fault("N05", ENDPOINTS, "no ecr.api", without("EcrApiEndpoint")),
    *fault("N05", AGENTS, "no ecr.api", without("EcrApiEndpoint")),
    *fault("N06", ENDPOINTS, "no ecr.dkr", without("EcrDkrEndpoint")),
    *fault("N07", f"{ENDPOINTS} {AGENTS}", "no logs", without("LogsEndpoint")),
    *fault("N08", f"{ENDPOINTS} {AGENTS}", "no secretsmanager", without("SecretsManagerEndpoint")),
    *fault("N09", f"{ENDPOINTS} {AGENTS}", "no ssmmessages", without("SsmMessagesEndpoint")),
    *fault("E01", ENDPOINTS, "no ssmmessages", without("SsmMessagesEndpoint")),
    *fault("I03", ENDPOINTS, "no ecr.api", without("EcrApiEndpoint")),
    *fault("I04", f"{ENDPOINTS} {AGENTS}", "no S3", without("S3Endpoint")),
    *fault(
        "I05",
        f"{ENDPOINTS} {AGENTS}",
        "the policy names another bucket",
        within("S3Endpoint", "starport-layer-bucket", "layers"),
    ),
    *fault(
        "I05",
        ENDPOINTS,
        "the policy is of another region",
        within("S3Endpoint", "prod-${AWS::Region}-", "prod-us-east-1-"),
    ),
    *fault(
        "I06",
        f"{ENDPOINTS} {AGENTS}",
        "an image of Docker Hub",
        within(
            "TaskDefinition",
            '!Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shop:${Tag}"',
            "nginx:1.27",
        ),
    ),
    *fault(
        "I06",
        ENDPOINTS,
        "an image of public ECR",
        within(
            "TaskDefinition",
            '!Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shop:${Tag}"',
            "public.ecr.aws/nginx/nginx:1.27",
        ),
    ),
    *fault("N10", AGENTS, "no ecs-agent", without("EcsAgentEndpoint")),
    *fault(
        "N10",
        AGENTS,
        "no endpoint of ECS",
        without("EcsAgentEndpoint", "EcsEndpoint", "EcsTelemetryEndpoint"),
    ),
    *fault(
        "N10",
        "ec2-awsvpc ec2-host",
        "no route",
        without("PrivateDefault"),
        swap("DependsOn: PrivateDefault", "DependsOn: PrivateARoutes"),
    ),
    *fault(
        "P11",
        "ec2-awsvpc",
        "no route",
        without("PrivateDefault"),
        swap("DependsOn: PrivateDefault", "DependsOn: PrivateARoutes"),
    ),
    *fault(
        "N11",
        f"{ENDPOINTS} {AGENTS}",
        "secretsmanager without private DNS",
        within("SecretsManagerEndpoint", "PrivateDnsEnabled: true", "PrivateDnsEnabled: false"),
    ),
    *fault(
        "N11",
        ENDPOINTS,
        "ecr.dkr does not say",
        within("EcrDkrEndpoint", "      PrivateDnsEnabled: true\n", ""),
    ),
    *fault(
        "N12",
        ENDPOINTS,
        "no host names",
        within("Vpc", "EnableDnsHostnames: true", "EnableDnsHostnames: false"),
    ),
    *fault(
        "N12",
        ENDPOINTS,
        "host names left alone",
        within("Vpc", "      EnableDnsHostnames: true\n", ""),
    ),
    *fault(
        "N12", AGENTS, "no DNS", within("Vpc", "EnableDnsSupport: true", "EnableDnsSupport: false")
    ),
    *fault(
        "N13",
        ENDPOINTS,
        "the group admits another port",
        within("EndpointGroup", "FromPort: 443, ToPort: 443", "FromPort: 80, ToPort: 80"),
    ),
    *fault(
        "N13",
        ENDPOINTS,
        "the group admits the load balancer",
        within("EndpointGroup", "TaskGroup", "BalancerGroup"),
    ),
    *fault(
        "N13",
        AGENTS,
        "the group admits the load balancer",
        within("EndpointGroup", "InstanceGroup", "BalancerGroup"),
    ),
    *fault(
        "N13",
        ENDPOINTS,
        "the group admits another network",
        within(
            "EndpointGroup",
            "SourceSecurityGroupId: !GetAtt TaskGroup.GroupId",
            "CidrIp: 10.30.0.0/16",
        ),
    ),
    *fault(
        "N14",
        ENDPOINTS,
        "of another region",
        within(
            "LogsEndpoint",
            '!Sub "com.amazonaws.${AWS::Region}.logs"',
            "com.amazonaws.us-east-1.logs",
        ),
    ),
    *fault(
        "N15",
        ENDPOINTS,
        "on the public routes",
        within("S3Endpoint", "PrivateRoutes", "PublicRoutes"),
    ),
    *fault("N15", AGENTS, "on no routes", within("S3Endpoint", "[!Ref PrivateRoutes]", "[]")),
    *fault(
        "N16",
        ENDPOINTS,
        "in another network",
        within("SecretsManagerEndpoint", "VpcId: !Ref Vpc", "VpcId: !Ref OtherVpc"),
        more(OTHER_VPC),
    ),
    *fault(
        "N17",
        ENDPOINTS,
        "the policy is for something else",
        within(
            "SecretsManagerEndpoint",
            "PrivateDnsEnabled: true\n",
            "PrivateDnsEnabled: true"
            + POLICY.replace("ACTION", "secretsmanager:List*").replace("RESOURCE", '"*"'),
        ),
    ),
    *fault(
        "N17",
        ENDPOINTS,
        "the policy is for another secret",
        within(
            "SecretsManagerEndpoint",
            "PrivateDnsEnabled: true\n",
            "PrivateDnsEnabled: true"
            + POLICY.replace("ACTION", "secretsmanager:GetSecretValue").replace(
                "RESOURCE", "!Ref AppSecret"
            ),
        ),
    ),
    *fault(
        "N18",
        f"{NAT} {ENDPOINTS}",
        "out to the database only",
        within(
            "TaskGroup",
            '{IpProtocol: "-1", CidrIp: 0.0.0.0/0}',
            "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.20.0.0/16}",
        ),
    ),
    *fault(
        "N18",
        NAT,
        "out on 80",
        within(
            "TaskGroup",
            '{IpProtocol: "-1", CidrIp: 0.0.0.0/0}',
            "{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}",
        ),
    ),
    *fault(
        "N19",
        NAT,
        "ephemeral ports from 32768",
        more(ACL.replace("FROM", "32768").replace("TO", "65535")),
    ),
    *fault(
        "N19",
        ENDPOINTS,
        "no ephemeral ports",
        more(ACL.replace("FROM", "443").replace("TO", "443")),
    ),
    *fault("N20", ENDPOINTS, "other name servers", more(DHCP)),
    *fault(
        "N21",
        AGENTS,
        "cfn-signal",
        within(
            "Template",
            'ECS_RESERVED_MEMORY=128" >> /etc/ecs/ecs.config\n',
            'ECS_RESERVED_MEMORY=128" >> /etc/ecs/ecs.config\n            /opt/aws/bin/cfn-signal --stack ${AWS::StackName} --resource Group --region ${AWS::Region}\n',
        ),
        within(
            "Group",
            "    DependsOn",
            "    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT10M}}\n    DependsOn",
        ),
    ),
    *fault("D13", NAT, "the bastion has no way out", *NO_ROUTE),
    *fault(
        "P18",
        NAT,
        "four addresses",
        within("PrivateA", "10.20.16.0/24", "10.20.16.0/28"),
        within("PrivateB", "10.20.17.0/24", "10.20.17.0/28"),
        within("Service", "DesiredCount: 2", "DesiredCount: 30"),
        within("Scaling", "MaxCapacity: 6", "MaxCapacity: 30"),
    ),
    *fault(
        "X01",
        NAT,
        "the address waits for nothing",
        within("NatAddress", "    DependsOn: GatewayAttachment\n", ""),
    ),
]
