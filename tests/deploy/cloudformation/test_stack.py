"""On the rehearsal's CloudFormation, which goes on by itself as AWS's does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from deploy.ecs import aws as aws_module
from deploy.ecs.aws import AWS, explained
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import (
    CloudFormationStack,
    Event,
    StackFailedError,
    stack_names,
)
from deploy.ecs.errors import DeploymentError
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.amazon import REGION, Front, RefusedError, Request, in_front

TEMPLATE = """\
Parameters:
  Value: {Type: String, Default: one}
Resources:
  First:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Ref Value}
  Second:
    Type: AWS::SSM::Parameter
    DependsOn: First
    Properties: {Type: String, Value: two}
Outputs:
  Name: {Value: !Ref First}
"""
TAGS = {"Project": "shop"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud(REGION, Clock(rate=20_000)) as cloud:
        yield cloud


@pytest.fixture
def front(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    for name, value in cloud.variables.items():
        monkeypatch.setenv(name, value)
    with in_front(cloud.url) as front:
        monkeypatch.setenv("AWS_ENDPOINT_URL", front.url)
        yield front


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return file


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def stack(
    front: Front, cloud: Cloud, request: pytest.FixtureRequest, events: list[Event]
) -> CloudFormationStack:
    name = request.node.name.replace("_", "-").replace("[", "-").replace("]", "")
    return CloudFormationStack(AWS(REGION), name, cloud.clock, watch=events.append)


def again(stack: CloudFormationStack) -> CloudFormationStack:
    """As the same command has it the next time."""
    return CloudFormationStack(AWS(REGION), stack.name, stack.clock, watch=stack.watch)


def value(cloud: Cloud, stack: CloudFormationStack) -> str:
    name = cloud.physical_ids(stack.name)["First"]
    return str(cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_create_and_nothing_more(stack: CloudFormationStack, template: Path) -> None:
    assert stack.status is None
    assert stack.deploy(template, {}, TAGS)
    assert stack.status == "CREATE_COMPLETE"
    assert list(stack.outputs()) == ["Name"]
    assert (stack.describe() or {})["Tags"] == [{"Key": "Project", "Value": "shop"}]
    assert not again(stack).deploy(template, {}, TAGS)
    found = stack.client.list_change_sets(StackName=stack.name)["Summaries"]
    assert "FAILED" not in [each["Status"] for each in found]


def test_update(stack: CloudFormationStack, cloud: Cloud, template: Path) -> None:
    stack.deploy(template, {}, TAGS)
    changes = stack.propose(template, {"Value": "three"}, TAGS)
    assert changes is not None
    [change] = changes.changes
    assert (change.action, change.logical_id, change.replacement) == ("Modify", "First", "False")
    stack.execute(changes)
    assert (stack.status, value(cloud, stack)) == ("UPDATE_COMPLETE", "three")


def test_each_event_once_in_its_order(
    stack: CloudFormationStack, template: Path, events: list[Event]
) -> None:
    stack.deploy(template, {}, TAGS)
    stack.deploy(template, {"Value": "three"}, TAGS)
    found = [(each.logical_id, each.status) for each in events]
    of_resources = [each for each in found if each[0] != stack.name]
    assert of_resources.count(("First", "CREATE_COMPLETE")) == 1
    assert of_resources.index(("First", "CREATE_COMPLETE")) < of_resources.index(
        ("Second", "CREATE_COMPLETE")
    )
    assert of_resources[-1] == ("First", "UPDATE_COMPLETE")
    times = [each.at for each in events]
    assert times == sorted(times)
    assert len({(each.at, each.logical_id, each.status) for each in events}) == len(events)


def test_events_that_are_known_are_not_read_again(
    stack: CloudFormationStack, front: Front, template: Path
) -> None:
    """Of which there may be thousands, at each look, and AWS would take no more requests."""
    stack.deploy(template, {}, TAGS)
    later = again(stack)
    later.note_events()
    [newest] = later.seen - {""}
    later.report()
    assert later.seen == {"", newest}


def test_stack_of_another_deployment(stack: CloudFormationStack, template: Path) -> None:
    stack.deploy(template, {}, TAGS)
    with pytest.raises(DeploymentError, match="is another deployment's: it has Project shop"):
        again(stack).deploy(template, {"Value": "three"}, {"Project": "store"})


def test_names_that_begin_alike(stack: CloudFormationStack, template: Path) -> None:
    """Where one project is called as another and its environment: neither is to be deleted."""
    stack.deploy(template, {}, TAGS)
    aws, prefix = stack.aws, stack.name[:-2]
    assert stack_names(aws, prefix, TAGS) == [stack.name]
    assert stack_names(aws, prefix, {"Project": "store"}) == []


def test_failed_creation_is_made_anew(
    stack: CloudFormationStack, cloud: Cloud, template: Path
) -> None:
    first = stack.name
    cloud.fail("Second", "create", "The parameter is not to be.")
    with pytest.raises(StackFailedError) as failed:
        stack.deploy(template, {}, TAGS)
    assert failed.value.status == "ROLLBACK_COMPLETE"
    assert [each.logical_id for each in failed.value.events] == ["Second"]
    assert "The parameter is not to be." in failed.value.events[0].reason
    assert failed.value.of_type("AWS::SSM::Parameter")
    assert again(stack).deploy(template, {}, TAGS)
    assert again(stack).status == "CREATE_COMPLETE"
    assert stack.name == first


def test_failed_update_is_rolled_back(
    stack: CloudFormationStack, cloud: Cloud, template: Path
) -> None:
    stack.deploy(template, {}, TAGS)
    cloud.fail("First", "update", "No.")
    with pytest.raises(StackFailedError) as failed:
        stack.deploy(template, {"Value": "three"}, TAGS)
    assert failed.value.status == "UPDATE_ROLLBACK_COMPLETE"
    assert value(cloud, stack) == "one"
    assert again(stack).deploy(template, {"Value": "three"}, TAGS)


def test_failed_rollback_is_continued(
    stack: CloudFormationStack, cloud: Cloud, template: Path
) -> None:
    stack.deploy(template, {}, TAGS)
    cloud.fail("First", "update", "No.", times=2)
    with pytest.raises(StackFailedError) as failed:
        stack.deploy(template, {"Value": "three"}, TAGS)
    assert failed.value.status == "UPDATE_ROLLBACK_FAILED"
    assert again(stack).deploy(template, {"Value": "three"}, TAGS)
    assert value(cloud, stack) == "three"


def test_rollback_that_fails_once_more(
    stack: CloudFormationStack, cloud: Cloud, template: Path
) -> None:
    stack.deploy(template, {}, TAGS)
    cloud.fail("First", "update", "No.", times=3)
    with pytest.raises(StackFailedError):
        stack.deploy(template, {"Value": "three"}, TAGS)
    with pytest.raises(StackFailedError) as failed:
        again(stack).deploy(template, {"Value": "three"}, TAGS)
    assert failed.value.status == "UPDATE_ROLLBACK_FAILED"


def test_change_set_that_was_never_executed(stack: CloudFormationStack, template: Path) -> None:
    """As it stays of an interruption in between."""
    stack.propose(template, {}, TAGS)
    assert stack.status == "REVIEW_IN_PROGRESS"
    assert again(stack).deploy(template, {}, TAGS)
    assert stack.status == "CREATE_COMPLETE"


def test_interrupted(stack: CloudFormationStack, template: Path, events: list[Event]) -> None:
    """CloudFormation goes on; the next attempt waits for it, and then has nothing to do."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    stack.meanwhile = interrupt
    with pytest.raises(KeyboardInterrupt):
        stack.deploy(template, {}, TAGS)
    assert not again(stack).deploy(template, {}, TAGS)
    assert stack.status == "CREATE_COMPLETE"


def test_interrupted_and_changed(stack: CloudFormationStack, cloud: Cloud, template: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    stack.meanwhile = interrupt
    with pytest.raises(KeyboardInterrupt):
        stack.deploy(template, {}, TAGS)
    assert again(stack).deploy(template, {"Value": "three"}, TAGS)
    assert value(cloud, stack) == "three"


def test_deletion_that_failed(stack: CloudFormationStack, cloud: Cloud, template: Path) -> None:
    stack.deploy(template, {}, TAGS)
    cloud.fail("First", "delete", "It is in use.")
    with pytest.raises(StackFailedError) as failed:
        stack.delete()
    assert failed.value.status == "DELETE_FAILED"
    assert "It is in use." in failed.value.events[0].reason
    assert again(stack).deploy(template, {}, TAGS)
    assert stack.status == "CREATE_COMPLETE"


def test_delete(stack: CloudFormationStack, template: Path, events: list[Event]) -> None:
    stack.deploy(template, {}, TAGS)
    del events[:]
    again(stack).delete()
    assert stack.status is None
    again(stack).delete()
    assert {each.status for each in events} >= {"DELETE_IN_PROGRESS", "DELETE_COMPLETE"}


def test_deploy_while_it_is_deleted(stack: CloudFormationStack, template: Path) -> None:
    stack.deploy(template, {}, TAGS)
    stack.client.delete_stack(StackName=stack.name)
    assert again(stack).deploy(template, {}, TAGS)


def test_refused_template(stack: CloudFormationStack, template: Path) -> None:
    template.write_text(TEMPLATE.replace("!Ref Value", "!Ref Valeu"))
    with pytest.raises(DeploymentError, match="Valeu"), explained():
        stack.deploy(template, {}, TAGS)
    template.write_text(TEMPLATE)
    assert again(stack).deploy(template, {}, TAGS)


def test_template_that_is_too_large(stack: CloudFormationStack, template: Path) -> None:
    template.write_text(TEMPLATE + "#" * 51_200)
    with pytest.raises(DeploymentError, match="CloudFormation takes 51200"):
        stack.deploy(template, {}, TAGS)
    assert stack.status is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Config(retries={"total_max_attempts": 1})
    monkeypatch.setattr(aws_module, "CONFIG", aws_module.CONFIG.merge(once))


def test_network_that_is_gone_for_a_while(
    impatient: None, stack: CloudFormationStack, front: Front, template: Path, cloud: Cloud
) -> None:
    stack.meanwhile = lambda: setattr(front, "gone", 1)
    with pytest.raises(DeploymentError, match="AWS does not answer") as failed, explained():
        stack.deploy(template, {}, TAGS)
    assert "goes on where it was" in failed.value.cure
    front.gone = 0
    assert not again(stack).deploy(template, {}, TAGS)


def test_network_that_stumbles(stack: CloudFormationStack, front: Front, template: Path) -> None:
    """Once: the request is sent again, unseen."""
    stumbles = iter([1])
    stack.meanwhile = lambda: setattr(front, "gone", next(stumbles, 0))
    assert stack.deploy(template, {}, TAGS)


def test_credentials_that_expire(stack: CloudFormationStack, front: Front, template: Path) -> None:
    def expired(request: Request) -> dict[str, Any]:
        raise RefusedError("ExpiredToken", "The security token included in the request is expired")

    stack.meanwhile = lambda: front.answers.update(DescribeStacks=expired)
    with pytest.raises(DeploymentError, match="have expired") as failed, explained():
        stack.deploy(template, {}, TAGS)
    assert "aws sso login" in failed.value.cure
    front.answers.clear()
    assert not again(stack).deploy(template, {}, TAGS)
