"""What a test deploys its tasks on: a network, a load balancer, a registry, a cluster."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.cloud import Cloud

PROGRAM = [sys.executable, str(Path(__file__).with_name("program.py"))]
REPOSITORY = "shop"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
HEALTH = {
    "HealthCheckPath": "/health",
    "HealthCheckIntervalSeconds": 15,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 3,
}
WITHIN = 60  # real seconds


@dataclass
class Ground:
    cloud: Cloud
    agent: Agent
    ids: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ecs = self.cloud.client("ecs")
        self.elb = self.cloud.client("elbv2")
        self.ec2 = self.cloud.client("ec2")

    def lay(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.vpc = vpc
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{self.cloud.region}{zone}"
            )["Subnet"]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        made = self.ec2.create_security_group(GroupName="tasks", Description="t", VpcId=vpc)
        self.security_group = made["GroupId"]
        self.cloud.client("ecr").create_repository(repositoryName=REPOSITORY)
        self.push("1")
        self.ecs.create_cluster(clusterName="shop")
        self.cloud.client("logs").create_log_group(logGroupName="/shop")
        balancer = self.elb.create_load_balancer(
            Name="shop", Subnets=self.subnets, SecurityGroups=[self.security_group]
        )["LoadBalancers"][0]
        self.balancer, self.host = balancer["LoadBalancerArn"], balancer["DNSName"]
        not_found = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "nothing"}
        self.listener = self.elb.create_listener(
            LoadBalancerArn=self.balancer,
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": not_found}],
        )["Listeners"][0]["ListenerArn"]

    def push(self, tag: str) -> None:
        self.cloud.client("ecr").put_image(
            repositoryName=REPOSITORY,
            imageTag=tag,
            imageManifest=json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "tag": tag}),
        )

    def image(self, tag: str = "1") -> str:
        return f"{self.cloud.account}.dkr.ecr.{self.cloud.region}.amazonaws.com/{REPOSITORY}:{tag}"

    def target_group(self, name: str, *, kind: str = "ip", **health: Any) -> str:
        made = self.elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=8000,
            VpcId=self.vpc,
            TargetType=kind,
            **(HEALTH | health),
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        self.elb.modify_target_group_attributes(
            TargetGroupArn=arn,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}],
        )
        return arn

    def rule(self, group: str, priority: int, *paths: str, host: str = "") -> None:
        conditions: list[dict[str, Any]] = [
            {"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}
        ]
        if host:
            conditions.append({"Field": "host-header", "HostHeaderConfig": {"Values": [host]}})
        self.elb.create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=conditions,
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )

    def define(self, family: str = "app", **changes: Any) -> str:
        """The ARN of a task definition for Fargate; `changes` are to its container."""
        whole = {key: changes.pop(key) for key in TASK_LEVEL if key in changes}
        container = {
            "name": "app",
            "image": self.image(),
            "essential": True,
            "command": ["serve"],
            "portMappings": [{"containerPort": 8000}],
            "environment": [{"name": "PORT", "value": "8000"}, {"name": "NAME", "value": family}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/shop",
                    "awslogs-region": self.cloud.region,
                    "awslogs-stream-prefix": "app",
                },
            },
        }
        given = {
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": f"arn:aws:iam::{self.cloud.account}:role/execution",
        }
        made = self.ecs.register_task_definition(
            family=family,
            containerDefinitions=[container | changes],
            **{key: value for key, value in (given | whole).items() if value},
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    @property
    def network(self) -> dict[str, Any]:
        groups = [self.security_group]
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": groups}}

    def serve(self, definition: str, group: str = "", **more: Any) -> None:
        """A service of that task definition."""
        feeds = [{"targetGroupArn": group, "containerName": "app", "containerPort": 8000}]
        given: dict[str, Any] = {
            "cluster": "shop",
            "serviceName": "app",
            "taskDefinition": definition,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": self.network,
            "loadBalancers": feeds if group else [],
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {"enable": True, "rollback": True}
            },
        }
        given |= more
        self.ecs.create_service(**{key: value for key, value in given.items() if value})

    def service(self) -> dict[str, Any]:
        [found] = self.ecs.describe_services(cluster="shop", services=["app"])["services"]
        return dict(found)

    def messages(self) -> list[str]:
        """The oldest first."""
        return [each["message"] for each in reversed(self.service()["events"])]

    def run(self, definition: str, **more: Any) -> str:
        given = {"launchType": "FARGATE", "networkConfiguration": self.network} | more
        given = {key: value for key, value in given.items() if value}
        answer = self.ecs.run_task(cluster="shop", taskDefinition=definition, **given)
        assert answer["failures"] == []
        return str(answer["tasks"][0]["taskArn"])

    def task(self, arn: str) -> dict[str, Any]:
        [found] = self.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"]
        return dict(found)

    def stopped(self, arn: str) -> dict[str, Any]:
        return until(lambda: self.task(arn), lambda task: task["lastStatus"] == "STOPPED")

    def stopped_tasks(self) -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
        return [self.task(each) for each in arns]

    def stable(self) -> None:
        self.agent.wait_until_stable("shop", "app")

    def log(self, task: str) -> list[str]:
        name = f"app/app/{task.rpartition('/')[2]}"
        events = self.cloud.client("logs").get_log_events(
            logGroupName="/shop", logStreamName=name, startFromHead=True
        )["events"]
        return [each["message"] for each in events]


T = TypeVar("T")
TASK_LEVEL = (
    "requiresCompatibilities",
    "networkMode",
    "cpu",
    "memory",
    "executionRoleArn",
    "taskRoleArn",
)


def until(ask: Callable[[], T], is_it: Callable[[T], bool]) -> T:
    end = time.monotonic() + WITHIN
    while not is_it(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.02)
    return found
