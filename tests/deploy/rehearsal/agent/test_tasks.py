"""One-off tasks: how they start, what they are given, why they stop."""

from tests.deploy.rehearsal.agent.ground import Ground, until


def test_environment_is_the_task_definitions(ground: Ground) -> None:
    definition = ground.define(command=["environment"], portMappings=[])
    overrides = {
        "containerOverrides": [{"name": "app", "environment": [{"name": "NAME", "value": "once"}]}]
    }
    arn = ground.run(definition, overrides=overrides, startedBy="test")

    task = ground.stopped(arn)

    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 0
    assert task["startedBy"] == "test"
    variables = dict(line.split("=", 1) for line in ground.log(arn))
    assert variables["NAME"] == "once"
    assert variables["PORT"] == "8000"
    assert set(variables) <= {
        # The resolver is on PYTHONPATH.
        *("NAME", "PORT", "PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "HOSTNAME", "LC_CTYPE"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_EXECUTION_ENV"),
    }


def test_exit_code(ground: Ground) -> None:
    arn = ground.run(ground.define(command=["exit", "3"], portMappings=[]))

    task = ground.stopped(arn)

    assert task["containers"][0]["exitCode"] == 3
    assert ground.log(arn) == ["ends with 3"]


def test_stopped_by_a_person(ground: Ground) -> None:
    arn = ground.run(ground.define())
    until(lambda: ground.task(arn), lambda task: task["lastStatus"] == "RUNNING")

    ground.ecs.stop_task(cluster="shop", task=arn, reason="enough")
    task = ground.stopped(arn)

    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 0
