"""A service as people write it, from its file and its parameters to plain resources."""

import base64
import json

import pytest

from deploy.ecs.evaluator import Stack, evaluate, read_parameters
from deploy.ecs.evaluator.symbols import (
    Attribute,
    Choice,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Unknown,
    Zone,
)
from tests.deploy.evaluator.writing import GERMANY, Folder, texts

SHOP = """\
AWSTemplateFormatVersion: 2010-09-09
Description: A shop on ECS
Parameters:
  Stage: {Type: String, AllowedValues: [test, production], Default: test}
  Image: {Type: String}
  Ami:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id
  Certificate: {Type: String, Default: ""}
  DatabaseSecret: {Type: String}
  Origins: {Type: CommaDelimitedList, Default: "https://a.example, https://b.example"}
Mappings:
  Stages:
    test: {Cpu: 256, Memory: 512, Count: 1}
    production: {Cpu: 512, Memory: 1024, Count: 2}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
  HasCertificate: !Not [!Equals [!Ref Certificate, ""]]
  IsPlain: !Not [!Condition HasCertificate]
  HasDatabase: !Not [!Equals [!Ref DatabaseSecret, ""]]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      AvailabilityZone: !Select [0, !GetAZs ""]
      CidrBlock: !Select [0, !Cidr [10.0.0.0/16, 2, 8]]
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      AvailabilityZone: !Select [1, !GetAZs ""]
      CidrBlock: !Select [1, !Cidr [10.0.0.0/16, 2, 8]]
  Cluster: {Type: "AWS::ECS::Cluster"}
  Host:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Ami
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Retain
    Properties:
      LogGroupName: !Sub /shop/${Stage}
      RetentionInDays: !If [IsProduction, 90, 7]
  ExecutionRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: ecs-tasks.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: !FindInMap [Stages, !Ref Stage, Cpu]
      Memory: !FindInMap [Stages, !Ref Stage, Memory]
      ExecutionRoleArn: !GetAtt ExecutionRole.Arn
      ContainerDefinitions:
        - Name: web
          Image: !Sub ${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${Image}
          Memory:
            Fn::If:
              - IsProduction
              - 896
              - 448
          PortMappings: [{ContainerPort: 8000}]
          Environment:
            - {Name: ALLOWED_ORIGINS, Value: !Join [",", !Ref Origins]}
            - !If [IsProduction, {Name: DEBUG, Value: "0"}, !Ref AWS::NoValue]
            - {Name: READY, Value: yes}
          Secrets:
            - Fn::If:
                - HasDatabase
                - {Name: DATABASE_URL, ValueFrom: !Sub "${DatabaseSecret}:url::"}
                - !Ref AWS::NoValue
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Logs, awslogs-region: !Ref AWS::Region}
  Service:
    Type: AWS::ECS::Service
    DependsOn: [PlainListener]
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: !FindInMap [Stages, !Ref Stage, Count]
      LoadBalancers:
        - {ContainerName: web, ContainerPort: 8000, TargetGroupArn: !Ref Targets}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: [!Ref SubnetA, !Ref SubnetB]}
  PlainListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: IsPlain
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]
  SafeListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: HasCertificate
    Properties:
      LoadBalancerArn: !Ref Balancer
      Certificates: [{CertificateArn: !Ref Certificate}]
Outputs:
  Url:
    Value:
      Fn::Sub:
        - ${Scheme}://${Balancer.DNSName}
        - Scheme: !If [HasCertificate, https, http]
    Export: {Name: !Sub "${AWS::StackName}-Url"}
"""
GIVEN = [
    {"ParameterKey": "Image", "ParameterValue": "shop:1"},
    {"ParameterKey": "DatabaseSecret", "UsePreviousValue": True},
]


@pytest.fixture
def shop(folder: Folder) -> Stack:
    given = read_parameters(folder.write(json.dumps(GIVEN), "parameters.json"))
    return evaluate(folder.template(SHOP), given, GERMANY)


def test_nothing_is_wrong(shop: Stack) -> None:
    assert texts(shop) == []
    assert shop.conditions == {
        "IsProduction": False,
        "HasCertificate": False,
        "IsPlain": True,
        "HasDatabase": None,
    }


def test_network(shop: Stack) -> None:
    subnets = [shop.resources[name].properties for name in ("SubnetA", "SubnetB")]
    assert [each["CidrBlock"] for each in subnets] == ["10.0.0.0/24", "10.0.1.0/24"]
    assert [each["AvailabilityZone"] for each in subnets] == [
        Zone("eu-central-1", 0),
        Zone("eu-central-1", 1),
    ]
    assert {each["VpcId"] for each in subnets} == {Reference("Vpc", "shop")}


def test_task(shop: Stack) -> None:
    task = shop.resources["Task"]
    assert (task.properties["Cpu"], task.properties["Memory"]) == (256, 512)
    assert task.properties["ExecutionRoleArn"] == Attribute("ExecutionRole", "Arn", "shop")
    (container,) = task.properties["ContainerDefinitions"]
    assert container["Image"] == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
    assert container["Memory"] == 448
    assert container["Environment"] == [
        {"Name": "ALLOWED_ORIGINS", "Value": "https://a.example,https://b.example"},
        {"Name": "READY", "Value": True},
    ]
    (secret,) = container["Secrets"]
    assert isinstance(secret, Choice)
    assert secret.then["ValueFrom"] == Text((Parameter("DatabaseSecret", "shop"), ":url::"))
    assert container["LogConfiguration"]["Options"]["awslogs-group"] == Reference("Logs", "shop")
    assert task.refers_to == {"ExecutionRole", "Logs"}


def test_places(shop: Stack) -> None:
    lines = SHOP.splitlines()
    task = shop.resources["Task"]
    container = "Properties", "ContainerDefinitions", 0
    assert lines[task.place(*container, "Memory").line - 1].strip() == "- 448"
    assert "READY" in lines[task.place(*container, "Environment", 1, "Name").line - 1]
    assert "ValueFrom" in lines[task.place(*container, "Secrets", 0, "ValueFrom").line - 1]


def test_host(shop: Stack) -> None:
    data = shop.resources["Host"].properties["LaunchTemplateData"]
    assert data["ImageId"].stored_at.startswith("/aws/service/ecs/optimized-ami/")
    assert isinstance(data["UserData"], Unknown)
    start, cluster, end = data["UserData"].argument.parts
    assert start.endswith("ECS_CLUSTER=")
    assert cluster == Reference("Cluster", "shop")
    assert end == " >> /etc/ecs/ecs.config\n"


def test_known_user_data(folder: Folder) -> None:
    text = SHOP.replace("${Cluster}", "shop")
    host = evaluate(folder.template(text), {"Image": "a", "DatabaseSecret": ""}).resources["Host"]
    written = base64.b64decode(host.properties["LaunchTemplateData"]["UserData"])
    assert b"ECS_CLUSTER=shop" in written


def test_policy_is_no_condition(shop: Stack) -> None:
    policy = shop.resources["ExecutionRole"].properties["AssumeRolePolicyDocument"]
    assert policy["Version"] == "2012-10-17"
    (statement,) = policy["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_listeners(shop: Stack) -> None:
    assert list(shop.absent) == ["SafeListener"]
    assert shop.resources["Service"].depends_on == ("PlainListener",)
    assert shop.resources["PlainListener"].refers_to == {"Balancer", "Targets"}


def test_outputs(shop: Stack) -> None:
    name = Attribute("Balancer", "DNSName", "shop")
    assert shop.exports == {"shop-Url": Text(("http://", name))}


def test_without_environment(folder: Folder) -> None:
    stack = evaluate(folder.template(SHOP), {"Image": "shop:1", "DatabaseSecret": ""})
    (container,) = stack.resources["Task"].properties["ContainerDefinitions"]
    assert container["Image"].parts[0] == Pseudo("AWS::AccountId")
    assert container["Secrets"] == []
    assert texts(stack) == []
