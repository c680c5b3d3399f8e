"""When schedules are due, and that they start tasks."""

import json
from datetime import UTC, datetime

import pytest

from deploy.ecs.rehearsal.agent.schedules import following
from tests.deploy.rehearsal.agent.ground import Ground, until

FRIDAY = datetime(2026, 11, 27, 10, 40, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(5 minutes)", datetime(2026, 11, 27, 10, 45, 30, tzinfo=UTC)),
        ("rate(1 hour)", datetime(2026, 11, 27, 11, 40, 30, tzinfo=UTC)),
        ("cron(30 3 * * ? *)", datetime(2026, 11, 28, 3, 30, tzinfo=UTC)),
        ("cron(0/15 * * * ? *)", datetime(2026, 11, 27, 10, 45, tzinfo=UTC)),
        ("cron(0 9 ? * MON-FRI *)", datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),
        ("cron(0 0 1 JAN ? *)", datetime(2027, 1, 1, tzinfo=UTC)),
        ("cron(40 10 27 11 ? 2026)", None),
        ("at(2026-11-28T00:00:00)", None),
    ],
)
def test_following(expression: str, due: datetime | None) -> None:
    assert following(expression, FRIDAY) == due


def test_starts_its_task(ground: Ground) -> None:
    network = ground.network["awsvpcConfiguration"]
    ground.cloud.client("scheduler").create_schedule(
        Name="frequent",
        ScheduleExpression="rate(5 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:ecs:eu-central-1:{ground.cloud.account}:cluster/shop",
            "RoleArn": f"arn:aws:iam::{ground.cloud.account}:role/schedule",
            "Input": json.dumps(
                {"containerOverrides": [{"name": "app", "command": ["exit", "0"]}]}
            ),
            "EcsParameters": {
                "TaskDefinitionArn": ground.define(),
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {
                    "awsvpcConfiguration": {
                        "Subnets": network["subnets"],
                        "SecurityGroups": network["securityGroups"],
                    }
                },
            },
        },
    )

    tasks = until(ground.stopped_tasks, lambda found: len(found) >= 2)

    assert {each["startedBy"] for each in tasks} == {"chronos-schedule/frequent"}
    assert [each["containers"][0]["exitCode"] for each in tasks] == [0] * len(tasks)
    first, second = (each["createdAt"] for each in tasks[:2])
    assert 300 <= (second - first).total_seconds() < 400
