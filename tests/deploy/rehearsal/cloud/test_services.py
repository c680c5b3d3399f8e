"""A stack waits for its ECS service as long as ECS's scheduler does."""

import threading
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from deploy.ecs.rehearsal.cloud import Cloud, NotStabilizedError
from tests.deploy.rehearsal.cloud import stacks
from tests.deploy.rehearsal.cloud.test_change_sets import body

TRIPPED = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."


class Scheduler:
    """Its services settle when they are let go, and fail where they run the command `fail`."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.asked: list[tuple[str, str]] = []
        self.was_asked = threading.Event()
        self.let_go = threading.Event()

    def wait_until_stable(self, cluster: str, service: str) -> None:
        self.asked.append((cluster, service))
        self.was_asked.set()
        assert self.let_go.wait(30)
        ecs = self.cloud.client("ecs")
        [found] = ecs.describe_services(cluster=cluster, services=[service])["services"]
        task = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])
        if task["taskDefinition"]["containerDefinitions"][0]["command"] == ["fail"]:
            raise NotStabilizedError(TRIPPED)


@pytest.fixture
def scheduler(cloud: Cloud) -> Iterator[Scheduler]:
    scheduler = Scheduler(cloud)
    cloud.scheduler = scheduler
    yield scheduler
    scheduler.let_go.set()
    cloud.scheduler = None


def begin(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    cloud.client("cloudformation").create_stack(StackName=name, TemplateBody=body(name))
    assert scheduler.was_asked.wait(30)


def test_waiting(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    begin(cloud, name, scheduler)
    cloudformation = cloud.client("cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    with pytest.raises(ClientError, match="is in CREATE_IN_PROGRESS state and can not be updated"):
        cloudformation.update_stack(StackName=name, TemplateBody=body(name))
    scheduler.let_go.set()
    assert stacks.settled(cloud, name)["StackStatus"] == "CREATE_COMPLETE"
    ids = cloud.physical_ids(name)
    assert scheduler.asked == [(ids["Cluster"], ids["Service"].rpartition("/")[2])]


def test_circuit_breaker(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    """The former revision is what runs again."""
    scheduler.let_go.set()
    stacks.create(cloud, name, body(name))
    before = cloud.physical_ids(name)
    stack = stacks.update(cloud, name, body(name), Command="fail")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    [failure] = stacks.failures(cloud, name)
    assert failure.startswith(
        f'Service: Resource handler returned message: "{TRIPPED}" (RequestToken: '
    )
    assert failure.endswith(", HandlerErrorCode: GeneralServiceException)")
    assert cloud.physical_ids(name) == before
    ecs = cloud.client("ecs")
    cluster, service = before["Cluster"], before["Service"]
    [found] = ecs.describe_services(cluster=cluster, services=[service])["services"]
    assert found["taskDefinition"] == before["Task"]
    task = ecs.describe_task_definition(taskDefinition=before["Task"])["taskDefinition"]
    assert task["status"] == "ACTIVE"
    assert len(scheduler.asked) == 3  # for the creation, the update, and the way back


def test_first_creation_fails(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    scheduler.let_go.set()
    stack = stacks.create(cloud, name, body(name), Command="fail")
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert cloud.physical_ids(name) == {}


def test_cancelled_update(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    scheduler.let_go.set()
    stacks.create(cloud, name, body(name))
    scheduler.let_go.clear()
    scheduler.was_asked.clear()
    cloudformation = cloud.client("cloudformation")
    cloudformation.update_stack(
        StackName=name,
        TemplateBody=body(name),
        Parameters=stacks.parameters({"Command": "migrate"}),
    )
    assert scheduler.was_asked.wait(30)
    with pytest.raises(ClientError, match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        cloudformation.delete_stack(StackName=name)
    scheduler.was_asked.clear()
    cloudformation.cancel_update_stack(StackName=name)
    assert scheduler.was_asked.wait(30)  # on the way back
    scheduler.let_go.set()
    assert stacks.settled(cloud, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.failures(cloud, name) == ["Service: Resource update cancelled"]
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    [began] = [each for each in events if each["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"]
    assert began["ResourceStatusReason"] == "User Initiated"


def test_deleted_while_it_is_created(cloud: Cloud, name: str, scheduler: Scheduler) -> None:
    begin(cloud, name, scheduler)
    stack = stacks.delete(cloud, name)
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    assert cloud.client("cloudformation").list_stack_resources(StackName=stack["StackId"])


def test_a_name_in_use(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    text = body(name).replace("{Cluster: !Ref Cluster", "{ServiceName: shop, Cluster: !Ref Cluster")
    one, other = f"{name}-one", f"{name}-other"
    stacks.create(cloud, one, text)
    cluster = cloud.physical_ids(one)["Cluster"]
    stacks.create(cloud, other, text.replace("Cluster: !Ref Cluster", f"Cluster: {cluster}"))
    [failure] = [
        each for each in stacks.failures(cloud, other) if each.startswith("Service: Resource h")
    ]
    assert """'{"/properties/ServiceName":"shop"}' already exists.""" in failure
