"""The ground's network and roles as a stack, which is what the agent judges by."""

from pathlib import Path
from typing import Any

import yaml

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from tests.deploy.rehearsal.agent.ground import Ground

ALL = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}


def role(*actions: str, resource: str = "*", trust: Any = TRUST) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    policy = {"PolicyName": "own", "PolicyDocument": {"Statement": [statement]}}
    properties = {"AssumeRolePolicyDocument": trust, "Policies": [policy] if actions else []}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def endpoint(service: str, **changes: Any) -> dict[str, Any]:
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": f"com.amazonaws.eu-central-1.{service}",
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": True,
        "SubnetIds": [{"Ref": "Subnet"}],
        "SecurityGroupIds": [{"Ref": "Group"}],
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties | changes}


ENDPOINTS = {
    each.replace(".", ""): endpoint(each)
    for each in ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
}


def gateway() -> dict[str, Any]:
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": "com.amazonaws.eu-central-1.s3",
        "RouteTableIds": [{"Ref": "Table"}],
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}


def network(*, default_route: str = "", ingress: list[Any] | None = None) -> dict[str, Any]:
    """One subnet for all, whose default route is "nat", "internet" or none."""
    inside = {"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}
    group = {
        "GroupDescription": "all",
        "VpcId": {"Ref": "Vpc"},
        "SecurityGroupIngress": [inside] if ingress is None else ingress,
        "SecurityGroupEgress": [ALL],
    }
    resources: dict[str, Any] = {
        "Vpc": {
            "Type": "AWS::EC2::VPC",
            "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True},
        },
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
        "Internet": {"Type": "AWS::EC2::InternetGateway"},
        "Attachment": {
            "Type": "AWS::EC2::VPCGatewayAttachment",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Internet"}},
        },
    }
    for name, block in (("Subnet", "10.0.0.0/24"), ("Other", "10.0.1.0/24")):
        resources[name] = {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block},
        }
        resources[f"{name}Table"] = {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": name}, "RouteTableId": {"Ref": "Table"}},
        }
    if default_route:
        target: dict[str, dict[str, Any]] = {
            "internet": {"GatewayId": {"Ref": "Internet"}},
            "nat": {"NatGatewayId": "nat-1"},
        }
        resources["Route"] = {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Ref": "Table"},
                "DestinationCidrBlock": "0.0.0.0/0",
                **target[default_route],
            },
        }
    return resources


def modelled(ground: Ground, folder: Path, resources: dict[str, Any]) -> None:
    """From now on the agent judges by these resources."""
    file = folder / "model.yaml"
    file.write_text(yaml.safe_dump({"Resources": resources}))
    environment = Environment("eu-central-1", ground.cloud.account, "model")
    stack: Stack = evaluate(Template.read(file), {}, environment)
    assert not stack.problems, [str(each) for each in stack.problems]
    ids = {
        "Vpc": ground.vpc,
        "Subnet": ground.subnets[0],
        "Other": ground.subnets[1],
        "Group": ground.security_group,
        "Execution": "execution",
        "Task": "task",
        "Discovery": "srv-1",
    }
    region = ground.agent.region
    region.stacks = lambda: [stack]
    region.ids = lambda name: ids
    region._graph_at = 0


def without(resources: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in resources.items() if key != name}
