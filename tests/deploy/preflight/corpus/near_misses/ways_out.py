"""Networks that look closed, and are not."""

from tests.deploy.preflight.corpus.variant import fault, more, swap, within, without

NAT, ENDPOINTS, PUBLIC = "fargate-nat", "fargate-endpoints", "fargate-public"
AGENTS = "ec2-bridge-private"
SUBNETS = "Subnets: [!Ref PrivateA, !Ref PrivateB]"
# By the way out that is there, all the same.
OUT = """\
  NatAddress:
    Type: AWS::EC2::EIP
    DependsOn: GatewayAttachment
    Properties: {Domain: vpc}
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: !Ref PublicA, AllocationId: !GetAtt NatAddress.AllocationId}
  PrivateDefault:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PrivateRoutes, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
"""
SIGNAL = "            /opt/aws/bin/cfn-signal --stack ${AWS::StackName} --resource Group --region ${AWS::Region}\n"
RESERVED = 'ECS_RESERVED_MEMORY=128" >> /etc/ecs/ecs.config\n'
CLOUDFORMATION = """\
  CloudFormationEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub "com.amazonaws.${AWS::Region}.cloudformation"
      SubnetIds: [!Ref PrivateA]
      SecurityGroupIds: [!Ref EndpointGroup]
      PrivateDnsEnabled: true
"""
WAITS = within(
    "Group",
    "    Properties:\n",
    "    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT10M}}\n    Properties:\n",
)

WAYS_OUT = [
    *fault("N02", NAT, "on Fargate in a private subnet", within("Service", "DISABLED", "ENABLED")),
    *fault(
        "N03",
        PUBLIC,
        "without a public address, by a NAT gateway",
        within("Service", "ENABLED", "DISABLED"),
        within("Service", "PublicDefault", "PrivateDefault"),
        within("Service", "Subnets: [!Ref PublicA, !Ref PublicB]", SUBNETS),
        more(OUT),
    ),
    *fault(
        "N06",
        ENDPOINTS,
        "none for ecr.dkr, and a NAT gateway",
        without("EcrDkrEndpoint"),
        more(OUT),
    ),
    *fault(
        "I03",
        ENDPOINTS,
        "none for ecr.api, and a NAT gateway",
        without("EcrApiEndpoint"),
        more(OUT),
    ),
    *fault("I04", ENDPOINTS, "none for S3, and a NAT gateway", without("S3Endpoint"), more(OUT)),
    *fault(
        "N07",
        ENDPOINTS,
        "none for logs, which go elsewhere",
        without("LogsEndpoint"),
        within("TaskDefinition", "LogDriver: awslogs", "LogDriver: json-file"),
        within(
            "TaskDefinition",
            '            Options: {awslogs-group: !Ref Log, awslogs-region: !Ref "AWS::Region", awslogs-stream-prefix: web}\n',
            "",
        ),
    ),
    *fault(
        "N09",
        ENDPOINTS,
        "none for ssmmessages, and no ECS Exec",
        without("SsmMessagesEndpoint"),
        within("Service", "EnableExecuteCommand: true", "EnableExecuteCommand: false"),
    ),
    *fault(
        "N10",
        AGENTS,
        "none for ecs-telemetry, and a NAT gateway",
        without("EcsTelemetryEndpoint"),
        more(OUT),
    ),
    *fault(
        "N11",
        ENDPOINTS,
        "private DNS off in a second one",
        more(CLOUDFORMATION.replace("cloudformation", "secretsmanager").replace("true", "false")),
    ),
    *fault(
        "N14",
        ENDPOINTS,
        "its region by the stack's",
        within("LogsEndpoint", "${AWS::Region}", "eu-central-1"),
    ),
    *fault(
        "N15",
        ENDPOINTS,
        "also on the public route table",
        within("S3Endpoint", "[!Ref PrivateRoutes]", "[!Ref PublicRoutes, !Ref PrivateRoutes]"),
    ),
    *fault(
        "N21",
        AGENTS,
        "cfn-signal by an endpoint",
        within("Template", RESERVED, RESERVED + SIGNAL),
        WAITS,
        more(CLOUDFORMATION),
    ),
    *fault(
        "N18",
        ENDPOINTS,
        "to the network, and to a block that S3 has",
        within(
            "TaskGroup",
            '[{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]',
            '[{IpProtocol: "-1", CidrIp: !GetAtt Vpc.CidrBlock}, {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 52.219.0.0/16}]',
        ),
    ),
    *fault(
        "P18",
        NAT,
        "few addresses, and as many tasks",
        within("PrivateA", "10.20.16.0/24", "10.20.16.0/28"),
        within("PrivateB", "10.20.17.0/24", "10.20.17.0/28"),
    ),
    *fault(
        "D13",
        ENDPOINTS,
        "no bastion, no endpoint for ssm",
    ),
    *fault(
        "X01",
        NAT,
        "by the route that waits",
        swap(
            "    DependsOn: GatewayAttachment\n    Properties: {Domain: vpc}",
            "    DependsOn: PublicDefault\n    Properties: {Domain: vpc}",
        ),
    ),
]
