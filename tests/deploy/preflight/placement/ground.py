"""A small shop on instances, and one on Fargate, in which nothing is wrong."""

INSTANCES = """\
Parameters:
  Image: {Type: String, Default: "registry.example.com/shop:3f2a"}
  Open: {Type: String}
  Size: {Type: String}
Conditions:
  Unclear: !Equals [!Ref Open, x]
Resources:
  Network: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  A:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Network, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-central-1a}
  B:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-central-1b}
  Cluster: {Type: "AWS::ECS::Cluster"}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role
  Profile: {Type: "AWS::IAM::InstanceProfile", Properties: {Roles: [!Ref Role]}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: t3.small
        ImageId: "{{resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended}}"
        IamInstanceProfile: {Arn: !GetAtt Profile.Arn}
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config
            echo ECS_RESERVED_MEMORY=128 >> /etc/ecs/ecs.config
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 2
      MaxSize: 4
      VPCZoneIdentifier: [!Ref A]
      LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: app
          Image: !Ref Image
          Memory: 512
          Cpu: 256
          PortMappings: [{ContainerPort: 8000}]
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: EC2
      DeploymentConfiguration: {DeploymentCircuitBreaker: {Rollback: true, Enable: true}}
"""
BREAKER = "{DeploymentCircuitBreaker: {Rollback: true, Enable: true}}"
SECOND = """
  Other:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Name: app, Image: !Ref Image, Memory: 512, PortMappings: [{ContainerPort: 9000}]}
  Api:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Other
      LaunchType: EC2
      DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true, Rollback: true}}
"""
PROVIDED = """
  Provider:
    Type: AWS::ECS::CapacityProvider
    Properties:
      AutoScalingGroupProvider:
        AutoScalingGroupArn: !Ref Group
        ManagedScaling: {Status: ENABLED}
  Providers:
    Type: AWS::ECS::ClusterCapacityProviderAssociations
    Properties:
      Cluster: !Ref Cluster
      CapacityProviders: [!Ref Provider]
      DefaultCapacityProviderStrategy: [{CapacityProvider: !Ref Provider, Weight: 1}]
"""
MIGRATION = """
  Migration:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [EC2]
      ContainerDefinitions: [{Name: app, Image: !Ref Image, Memory: 512}]
"""
FARGATE = """\
Parameters:
  Open: {Type: String}
Resources:
  Cluster: {Type: "AWS::ECS::Cluster"}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: 512
      Memory: 2048
      ContainerDefinitions:
        - {Name: app, Image: "registry.example.com/shop:3f2a", StopTimeout: 120}
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true, Rollback: true}}
"""
ON_AWSVPC = """NetworkMode: awsvpc
      ContainerDefinitions:"""
BY_PROVIDER = ("LaunchType: EC2", "CapacityProviderStrategy: [{CapacityProvider: !Ref Provider}]")
Change = tuple[str, str]


def changed(template: str, *changes: Change) -> str:
    """Each of what is there once."""
    for old, new in changes:
        assert template.count(old) == 1, old
        template = template.replace(old, new)
    return template


def awsvpc(template: str) -> str:
    """The task of Web with an interface of its own."""
    before, after = template.split("ContainerDefinitions:", 1)
    before, after = f"{before}{ON_AWSVPC}{after}".rsplit("  Web:\n", 1)
    network = "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}"
    return f"{before}  Web:\n" + after.replace("LaunchType:", f"{network}\n      LaunchType:", 1)


def line_of(template: str, written: str) -> int:
    return template[: template.index(written)].count("\n") + 1
