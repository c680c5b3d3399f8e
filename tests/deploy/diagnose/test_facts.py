"""What is seen where ECS says nothing."""

from typing import Any

import pytest

from tests.deploy.diagnose.shapes import (
    ago,
    container,
    definition,
    deployment,
    diagnosed,
    event,
    fault,
    instance,
    recorded,
    service,
    task,
)

ON_INSTANCES: dict[str, Any] = {"launchType": "EC2", "loadBalancers": []}
DEPLOYING = ON_INSTANCES | {
    "deployments": [
        deployment(2, "IN_PROGRESS"),
        deployment(1, "COMPLETED", status="ACTIVE"),
    ],
    "desiredCount": 2,
}
UNPLACED = (
    "was unable to place a task because no container instance met all of its requirements. The "
    "closest matching (container-instance 0a) "
)
MEMORY = event(5, UNPLACED + "has insufficient memory available.")
PORT = event(5, UNPLACED + "is already using a port required by your task.")
FORMER = task(7, lastStatus="RUNNING", taskDefinitionArn=definition(1))


def bridge(host: int) -> dict[str, Any]:
    mapping = {"containerPort": 80, "hostPort": host}
    return {"networkMode": "bridge", "containerDefinitions": [container(portMappings=[mapping])]}


def test_no_instance() -> None:
    assert fault(recorded(service(**ON_INSTANCES, runningCount=0))) == "P11"


def test_agent_is_disconnected() -> None:
    few = service(**ON_INSTANCES, runningCount=0)
    assert fault(recorded(few, instances=[instance(agentConnected=False)])) == "P13"
    two = [instance(agentConnected=False), instance(ec2InstanceId="i-2")]
    assert fault(recorded(few, instances=two)) == ""


def test_instances_may_not_be_asked_for() -> None:
    """No instance is not the same as none that is seen."""
    answers = recorded(service(**ON_INSTANCES, runningCount=0))
    answers["ecs.ListContainerInstances"] = "AccessDeniedException"
    found = diagnosed(answers)
    assert found.problem
    assert found.problem.fault == ""
    assert found.not_looked_at[0].startswith("container instances: AccessDeniedException")


def test_on_fargate_nothing_of_instances() -> None:
    assert fault(recorded(service(runningCount=0, loadBalancers=[]))) == ""


@pytest.mark.parametrize(("port", "wanted"), [(22, "P10"), (51678, "P10"), (8080, ""), (0, "")])
def test_reserved_host_port(port: int, wanted: str) -> None:
    few = service(**ON_INSTANCES, runningCount=0)
    assert fault(recorded(few, instances=[instance()], defined=bridge(port))) == wanted


def test_hundred_host_ports() -> None:
    taken = {"name": "PORTS", "stringSetValue": [str(40000 + n) for n in range(100)]}
    full = instance(remainingResources=[taken])
    assert fault(recorded(service(**ON_INSTANCES, runningCount=0), instances=[full])) == "P15"


@pytest.mark.parametrize(
    ("memory", "former", "wanted"),
    [(1024, [FORMER], "P08"), (4096, [FORMER], "P01"), (1024, [], "P01")],
)
def test_no_room_beside_the_former_tasks(memory: int, former: list[Any], wanted: str) -> None:
    """Where an empty instance would not do either, it is not the update."""
    deploying = service(**DEPLOYING, events=[MEMORY])
    large = {"containerDefinitions": [container(memory=memory)]}
    found = diagnosed(recorded(deploying, running=former, instances=[instance()], defined=large))
    assert found.problem
    assert found.problem.fault == wanted
    assert found.besides == []  # it is one and the same


@pytest.mark.parametrize(
    ("least", "instances", "wanted"), [(100, 1, "P06"), (0, 1, "P05"), (100, 2, "P05")]
)
def test_fixed_port_of_the_former_tasks(least: int, instances: int, wanted: str) -> None:
    percents = {"minimumHealthyPercent": least, "maximumPercent": 200}
    deploying = service(**DEPLOYING, events=[PORT], deploymentConfiguration=percents)
    there = [instance(ec2InstanceId=f"i-{number}") for number in range(instances)]
    found = recorded(deploying, running=[FORMER], instances=there, defined=bridge(8080))
    assert fault(found) == wanted


@pytest.mark.parametrize(
    ("least", "most", "wanted"), [(100, 100, "P07"), (50, 100, ""), (100, 150, "")]
)
def test_no_room_between_percents(least: int, most: int, wanted: str) -> None:
    percents = {"minimumHealthyPercent": least, "maximumPercent": most}
    began = deployment(2, "IN_PROGRESS", createdAt=ago(60))
    deployments = [began, deployment(1, "COMPLETED", status="ACTIVE")]
    found = service(
        deployments=deployments,
        desiredCount=2,
        runningCount=2,
        deploymentConfiguration=percents,
        loadBalancers=[],
    )
    assert fault(recorded(found)) == wanted


def test_task_that_waits_for_an_instance() -> None:
    waits = task(3, minutes=10, lastStatus="PROVISIONING")
    strategy = [{"capacityProvider": "instances"}]
    deploying = service(
        deployments=[deployment(2, "IN_PROGRESS")], capacityProviderStrategy=strategy
    )
    del deploying["launchType"]
    answers = recorded(deploying, running=[waits], instances=[instance()], targets=[])
    group = {"autoScalingGroupArn": "arn:x:autoScalingGroupName/shop-group"}
    answers |= {
        "ecs.DescribeCapacityProviders": {
            "capacityProviders": [{"name": "instances", "autoScalingGroupProvider": group}]
        },
        "autoscaling.DescribeScalingActivities": {
            "Activities": [
                {
                    "ActivityId": "1",
                    "AutoScalingGroupName": "shop-group",
                    "Cause": "A capacity provider asked.",
                    "StartTime": ago(9),
                    "StatusCode": "Failed",
                    "StatusMessage": "You have requested more vCPU capacity than your limit of 1.",
                }
            ]
        },
    }
    found = diagnosed(answers)
    assert found.problem
    assert found.problem.fault == "P11"
    [told] = [each for each in found.timeline if each.source == "capacity"]
    assert (told.subject, told.text.partition(":")[0]) == ("shop-group", "Failed")


@pytest.mark.parametrize(("read_only", "wanted"), [(False, "E01"), (True, "E03")])
def test_exec_agent(read_only: bool, wanted: str) -> None:
    """Worth knowing, and no reason for anything."""
    agent = {"name": "ExecuteCommandAgent", "lastStatus": "STOPPED", "reason": "stopped"}
    runs = task(3, lastStatus="RUNNING", containers=[{"name": "web", "managedAgents": [agent]}])
    defined = {"containerDefinitions": [container(readonlyRootFilesystem=read_only)]}
    found = diagnosed(recorded(running=[runs], defined=defined))
    assert found.problem is None
    assert [each.fault for each in found.besides] == [wanted]
