"""What keeps a task from starting, in the words of ECS."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.rehearsal.agent.ground import Ground
from tests.deploy.rehearsal.agent.model import (
    ENDPOINTS,
    endpoint,
    gateway,
    modelled,
    network,
    role,
    without,
)

ECR = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
SECRETS = "secretsmanager:GetSecretValue"
ENOUGH = role(*ECR, *LOGS, SECRETS)
NAT = network(default_route="nat")
PRIVATE = network() | ENDPOINTS | {"Storage": gateway()}


def secret(ground: Ground) -> str:
    made = ground.cloud.client("secretsmanager").create_secret(
        Name="shop", SecretString=json.dumps({"KEY": "value"})
    )
    return str(made["ARN"])


def stopped(ground: Ground, definition: str) -> str:
    task = ground.stopped(ground.run(definition))
    assert task["stopCode"] == "TaskFailedToStart"
    return str(task["stoppedReason"])


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        (
            NAT | {"Execution": role(*LOGS)},
            "CannotPullContainerError: The task can't pull the image. Check that the role has the "
            "permissions to pull images from the registry. AccessDeniedException: User: "
            "arn:aws:sts::123456789012:assumed-role/execution/{task} is not authorized to perform: "
            "ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the "
            "ecr:GetAuthorizationToken action",
        ),
        (
            NAT | {"Execution": role(*ECR)},
            "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/execution/{task} "
            "is not authorized to perform: logs:CreateLogStream on resource: "
            "arn:aws:logs:eu-central-1:123456789012:log-group:/shop:log-stream:app/app/{task}",
        ),
        (
            NAT | {"Execution": role(*ECR, *LOGS, trust={"Statement": []})},
            "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/execution'",
        ),
        (
            network() | {"Execution": ENOUGH},
            "unable to retrieve ecr registry auth: service call has been retried 3 time(s): "
            "RequestError: send request failed caused by: Post "
            '"https://api.ecr.eu-central-1.amazonaws.com/": dial tcp 52.0.0.1:443: i/o timeout. '
            "Please check your task network configuration.",
        ),
        (
            without(PRIVATE, "ecrdkr") | {"Execution": ENOUGH},
            "request canceled while waiting for connection",
        ),
        (
            without(PRIVATE, "Storage") | {"Execution": ENOUGH},
            "ref pull has been retried 5 time(s): failed to copy: httpReaderSeeker: failed open",
        ),
        (
            without(PRIVATE, "logs") | {"Execution": ENOUGH},
            "failed to validate logger args: : signal: killed",
        ),
        (
            PRIVATE | {"ecrapi": endpoint("ecr.api", PrivateDnsEnabled=False), "Execution": ENOUGH},
            "unable to retrieve ecr registry auth",
        ),
        (
            network(default_route="internet") | {"Execution": ENOUGH},
            "unable to retrieve ecr registry auth",
        ),
    ],
)
def test_permissions_and_routes(
    ground: Ground, tmp_path: Path, resources: dict[str, Any], reason: str
) -> None:
    modelled(ground, tmp_path, resources)
    arn = ground.run(ground.define())

    found = ground.stopped(arn)["stoppedReason"]

    assert reason.replace("{task}", arn.rpartition("/")[2]) in found


@pytest.mark.parametrize(
    ("resources", "address"),
    [
        (NAT, "DISABLED"),
        (PRIVATE, "DISABLED"),
        (network(default_route="internet"), "ENABLED"),
    ],
)
def test_there_is_a_way(
    ground: Ground, tmp_path: Path, resources: dict[str, Any], address: str
) -> None:
    modelled(ground, tmp_path, resources | {"Execution": ENOUGH})
    given = {"awsvpcConfiguration": ground.network["awsvpcConfiguration"]}
    given["awsvpcConfiguration"]["assignPublicIp"] = address
    definition = ground.define(
        command=["environment"],
        portMappings=[],
        secrets=[{"name": "SECRET", "valueFrom": f"{secret(ground)}:KEY::"}],
    )

    task = ground.stopped(ground.run(definition, networkConfiguration=given))

    assert task["stopCode"] == "EssentialContainerExited"
    assert "SECRET=value" in ground.log(task["taskArn"])


@pytest.mark.parametrize(
    ("behind", "reason"),
    [
        (":OTHER::", "retrieved secret from Secrets Manager did not contain json key OTHER"),
        (":KEY", "ResourceNotFoundException"),
        (":KEY::AWSCURRENT", "minimum field size of 32, GetSecretValueInput.VersionId."),
    ],
)
def test_secret(ground: Ground, behind: str, reason: str) -> None:
    found = secret(ground) + behind
    definition = ground.define(secrets=[{"name": "SECRET", "valueFrom": found}])

    assert reason in stopped(ground, definition)


def test_secret_by_name(ground: Ground) -> None:
    definition = ground.define(secrets=[{"name": "SECRET", "valueFrom": "shop"}])

    assert "unable to retrieve secrets from ssm" in stopped(ground, definition)


def test_secret_without_execution_role(ground: Ground) -> None:
    """On an instance; Fargate wants one for the image already."""
    given = [{"name": "SECRET", "valueFrom": secret(ground)}]

    reason = stopped(ground, ground.define(secrets=given, executionRoleArn=""))

    assert "Fargate requires task definition to have execution role ARN" in reason


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("shop:2", "failed to resolve ref"),
        ("other:1", "The repository with name 'other' does not exist in the registry with id"),
    ],
)
def test_image(ground: Ground, image: str, reason: str) -> None:
    registry = ground.image().partition("/")[0]

    assert reason in stopped(ground, ground.define(image=f"{registry}/{image}"))


def test_image_by_digest(ground: Ground) -> None:
    found = ground.cloud.client("ecr").describe_images(repositoryName="shop")["imageDetails"][0]
    image = ground.image().replace(":1", f"@{found['imageDigest']}")

    task = ground.stopped(ground.run(ground.define(image=image, command=["exit", "0"])))

    assert task["stopCode"] == "EssentialContainerExited"


def test_log_group(ground: Ground) -> None:
    options = {
        "awslogs-group": "/absent",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "app",
    }
    given = {"logDriver": "awslogs", "options": options}

    reason = stopped(ground, ground.define(logConfiguration=given))

    assert "ResourceNotFoundException: The specified log group does not exist." in reason


def test_memory(ground: Ground) -> None:
    definition = ground.define(command=["greedy"], portMappings=[], memory="512")
    task = ground.stopped(
        ground.run(definition, overrides={"containerOverrides": [{"name": "app", "memory": 64}]})
    )

    [container] = task["containers"]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
