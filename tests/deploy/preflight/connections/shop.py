"""A small shop in which everything gets where it should, and edits of it."""

from deploy.ecs.preflight.finding import Finding

NETWORK = """\
Parameters:
  Open: {Type: String}
  Opened: {Type: CommaDelimitedList}
Conditions:
  Unclear: !Equals [!Ref Open, x]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  PublicA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  PublicB:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: !Select [1, !GetAZs ""]}
  PrivateA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  PrivateB:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.4.0/24, AvailabilityZone: !Select [1, !GetAZs ""]}
  Elsewhere:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.5.0/24, AvailabilityZone: !Select [2, !GetAZs ""]}
  Anywhere:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.6.0/24}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  OfA:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PublicA, RouteTableId: !Ref Table}
  OfB:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PublicB, RouteTableId: !Ref Table}
  Inner: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  InnerOfA:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PrivateA, RouteTableId: !Ref Inner}
  InnerOfB:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PrivateB, RouteTableId: !Ref Inner}
"""

BALANCER = """\
  AlbGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]
  Alb:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      SecurityGroups: [!Ref AlbGroup]
      Subnets: [!Ref PublicA, !Ref PublicB]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Alb
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]
"""

# On Fargate, behind the load balancer.
WEB = """\
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 8080, Protocol: HTTP, TargetType: ip}
  Cluster: {Type: AWS::ECS::Cluster}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: app
          Image: nginx
          PortMappings: [{ContainerPort: 8080}]
          Environment:
            - {Name: LEVEL, Value: info}
  TaskGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref AlbGroup}
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      TaskDefinition: !Ref Task
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref PrivateA, !Ref PrivateB]
          SecurityGroups: [!Ref TaskGroup]
      LoadBalancers: [{ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets}]
"""

# On instances in bridge mode, with host ports that Docker chooses.
FLEET = """\
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP}
  Cluster: {Type: AWS::ECS::Cluster}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
      ContainerDefinitions:
        - Name: app
          Image: nginx
          PortMappings: [{ContainerPort: 8080, HostPort: 0}]
          Environment:
            - {Name: LEVEL, Value: info}
  HostGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 32768, ToPort: 65535, SourceSecurityGroupId: !Ref AlbGroup}
  Hosts:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        SecurityGroupIds: [!Ref HostGroup]
        UserData:
          Fn::Base64: !Sub "echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config"
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      LaunchTemplate: {LaunchTemplateId: !Ref Hosts, Version: "1"}
      VPCZoneIdentifier: [!Ref PrivateA, !Ref PrivateB]
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: EC2
      TaskDefinition: !Ref Task
      LoadBalancers: [{ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets}]
"""

DATABASE = """\
  DbGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref TaskGroup}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {SubnetIds: [!Ref PrivateA, !Ref PrivateB]}
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      ManageMasterUserPassword: true
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!Ref DbGroup]
"""

FARGATE = NETWORK + BALANCER + WEB
BRIDGE = NETWORK + BALANCER + FLEET


def edited(template: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert template.count(old) == 1, (template.count(old), old)
        template = template.replace(old, new)
    return template


def line(template: str, text: str) -> int:
    """The first that has the text."""
    return 1 + next(number for number, each in enumerate(template.split("\n")) if text in each)


def told(findings: list[Finding]) -> list[str]:
    """ "error B08 TaskGroup.SecurityGroupIngress"."""
    return [f"{each.severity} {each.id} {each.resource}.{each.property}" for each in findings]


GIVEN = {"Open": None, "Opened": None}

# With the database, which the task is told of, and a bastion that only the database admits.
BASTION = """\
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore]
  BastionGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc}
  Bastion:
    Type: AWS::EC2::Instance
    Properties:
      IamInstanceProfile: !Ref Profile
      SubnetId: !Ref PublicA
      SecurityGroupIds: [!Ref BastionGroup]
  DbFromBastion:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !Ref DbGroup
      IpProtocol: tcp
      FromPort: 5432
      ToPort: 5432
      SourceSecurityGroupId: !Ref BastionGroup
"""
VARIABLE = "            - {Name: LEVEL, Value: info}"


def variable(name: str, value: str) -> tuple[str, str]:
    """An edit that adds it."""
    return VARIABLE, f"{VARIABLE}\n            - {{Name: {name}, Value: {value}}}"


WITH_DATABASE = edited(FARGATE + DATABASE, variable("DB_HOST", "!GetAtt Db.Endpoint.Address"))
WITH_BASTION = WITH_DATABASE + BASTION

# A second service, which registers in Cloud Map.
CATALOG = """\
  Namespace:
    Type: AWS::ServiceDiscovery::PrivateDnsNamespace
    Properties: {Name: shop.local, Vpc: !Ref Vpc}
  Discovery:
    Type: AWS::ServiceDiscovery::Service
    Properties:
      Name: catalog
      DnsConfig: {NamespaceId: !Ref Namespace, DnsRecords: [{Type: A, TTL: 10}]}
  CatalogTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: items, Image: nginx, PortMappings: [{ContainerPort: 8000}]}]
  Catalog:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      TaskDefinition: !Ref CatalogTask
      ServiceRegistries: [{RegistryArn: !GetAtt Discovery.Arn}]
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref PrivateA, !Ref PrivateB]
          SecurityGroups: [!Ref TaskGroup]
"""
