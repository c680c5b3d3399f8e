"""What AWS answers of one service, as its API reference documents it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html and those of
DescribeTasks, DescribeContainerInstances and DescribeTaskDefinition.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.ecs.clock import Clock
from deploy.ecs.diagnose.diagnose import Diagnose
from deploy.ecs.diagnose.diagnosis import Diagnosis
from deploy.ecs.diagnose.subject import Subject
from tests.deploy.amazon import ACCOUNT, REGION
from tests.deploy.diagnose.replay import Answer, Replay

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLUSTER, SERVICE, FAMILY = "shop", "web", "shop-web"
STACK = "shop-web-stack"
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/0a1b"
ENDED = "EssentialContainerExited"
ESSENTIAL = "Essential container in task exited"


def arn(path: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{path}"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def definition(revision: int) -> str:
    return arn(f"task-definition/{FAMILY}:{revision}")


def deployment(number: int, state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"ecs-svc/{number}",
        "status": "PRIMARY",
        "taskDefinition": definition(number),
        "rolloutState": state,
        "rolloutStateReason": f"ECS deployment ecs-svc/{number}.",
        "failedTasks": 0,
        "createdAt": ago(20),
        "updatedAt": ago(15),
        **more,
    }


def event(minutes: float, text: str) -> dict[str, Any]:
    said = f"(service {SERVICE}) {text}"
    return {"id": f"{minutes} {text}", "createdAt": ago(minutes), "message": said}


def service(**more: Any) -> dict[str, Any]:
    """Well, on Fargate."""
    return {
        "serviceArn": arn(f"service/{CLUSTER}/{SERVICE}"),
        "serviceName": SERVICE,
        "status": "ACTIVE",
        "desiredCount": 1,
        "runningCount": 1,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "deployments": [deployment(2, "COMPLETED")],
        "events": [event(15, "has reached a steady state.")],
        "loadBalancers": [{"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}],
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
        },
        **more,
    }


def container(**more: Any) -> dict[str, Any]:
    """Of a task definition."""
    options = {
        "awslogs-group": "/shop",
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "web",
    }
    return {
        "name": "web",
        "essential": True,
        "cpu": 256,
        "memory": 512,
        "environment": [{"name": "PASSWORD", "value": "not-to-be-kept"}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        **more,
    }


def task(number: int, minutes: float = 5, **more: Any) -> dict[str, Any]:
    """That stopped so many minutes ago, by itself."""
    return {
        "taskArn": arn(f"task/{CLUSTER}/{number:032x}"),
        "taskDefinitionArn": definition(2),
        "group": f"service:{SERVICE}",
        "lastStatus": "STOPPED",
        "createdAt": ago(minutes + 1),
        "stoppedAt": ago(minutes),
        "stopCode": ENDED,
        "stoppedReason": ESSENTIAL,
        "containers": [{"name": "web", "exitCode": 1}],
        **more,
    }


def instance(**more: Any) -> dict[str, Any]:
    size = {"CPU": 2048, "MEMORY": 1901}
    left = {"CPU": 1792, "MEMORY": 1389}
    return {
        "ec2InstanceId": "i-0a1b",
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": 1,
        "registeredResources": [{"name": n, "integerValue": v} for n, v in size.items()],
        "remainingResources": [{"name": n, "integerValue": v} for n, v in left.items()],
        **more,
    }


def target(state: str, reason: str = "", description: str = "") -> dict[str, Any]:
    health = {"State": state, "Reason": reason, "Description": description}
    given = {key: value for key, value in health.items() if value}
    return {"Target": {"Id": "10.0.0.7", "Port": 80}, "TargetHealth": given}


def stack_event(minutes: float, name: str, kind: str, status: str, why: str = "") -> dict[str, Any]:
    is_whole = kind == "AWS::CloudFormation::Stack"
    return {
        "StackId": "stack",
        "EventId": f"{minutes} {name}",
        "StackName": STACK,
        "LogicalResourceId": name,
        "PhysicalResourceId": "stack" if is_whole else name,
        "ResourceType": kind,
        "Timestamp": ago(minutes),
        "ResourceStatus": status,
        "ResourceStatusReason": why,
    }


def stack(status: str, *events: dict[str, Any]) -> dict[str, Answer]:
    """The newest event first."""
    described = {"StackName": STACK, "CreationTime": ago(999), "StackStatus": status}
    return {
        "cloudformation.DescribeStacks": {"Stacks": [described]},
        "cloudformation.DescribeStackEvents": {"StackEvents": list(events)},
    }


def recorded(
    described: dict[str, Any] | None = None,
    stopped: Sequence[dict[str, Any]] = (),
    *,
    running: Sequence[dict[str, Any]] = (),
    lines: Sequence[str] = (),
    targets: Sequence[dict[str, Any]] = (target("healthy"),),
    instances: Sequence[dict[str, Any]] = (),
    defined: dict[str, Any] | None = None,
) -> dict[str, Answer]:
    tasks = {"STOPPED": stopped, "RUNNING": running}
    known = {each["taskArn"]: each for each in [*stopped, *running]}
    logged = [
        {"timestamp": int(ago(6).timestamp() * 1000) + number, "message": each}
        for number, each in enumerate(lines)
    ]
    services = [service() if described is None else described]
    defined = {"family": FAMILY, "revision": 2, "containerDefinitions": [container()]} | (
        defined or {}
    )
    return {
        "ecs.DescribeServices": {"services": [each for each in services if each]},
        "ecs.ListTasks": lambda given: {
            "taskArns": [each["taskArn"] for each in tasks[given["desiredStatus"]]]
        },
        "ecs.DescribeTasks": lambda given: {"tasks": [known[each] for each in given["tasks"]]},
        "ecs.DescribeTaskDefinition": {"taskDefinition": defined},
        "ecs.ListContainerInstances": {
            "containerInstanceArns": [each["ec2InstanceId"] for each in instances]
        },
        "ecs.DescribeContainerInstances": {"containerInstances": list(instances)},
        "elbv2.DescribeTargetHealth": {"TargetHealthDescriptions": list(targets)},
        "logs.GetLogEvents": {"events": logged},
    }


def diagnosed(
    answers: dict[str, Answer], *, stack: str = "", keep: bool = False, minutes: float = 0
) -> Diagnosis:
    """So many minutes later."""
    now = NOW + timedelta(minutes=minutes)
    clock = Clock(rate=0, began_at=now)
    subject = Subject(CLUSTER, SERVICE, bool(stack), stack)
    return Diagnose(Replay(answers), clock, keep).run(subject, now - timedelta(hours=2))


def fault(answers: dict[str, Answer], **more: Any) -> str | None:
    problem = diagnosed(answers, **more).problem
    return problem.fault if problem else None
