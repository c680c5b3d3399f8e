"""Change sets say what would happen, and then it happens."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.cloud import stacks

BODY = """\
Parameters:
  Command: {Type: String, Default: serve}
  Days: {Type: Number, Default: 7}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: FAMILY
      ContainerDefinitions:
        - {Name: app, Image: shop, Memory: 64, Command: [!Ref Command]}
  Service:
    Type: AWS::ECS::Service
    Properties: {Cluster: !Ref Cluster, TaskDefinition: !Ref Task, DesiredCount: 1}
  Cluster:
    Type: AWS::ECS::Cluster
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days}
"""
LOG = BODY[BODY.index("  Log:") :]


def body(name: str) -> str:
    return BODY.replace("FAMILY", name)


def change_set(cloud: Cloud, stack: str, text: str, kind: str, **values: str) -> dict[str, Any]:
    cloudformation = cloud.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="change",
        ChangeSetType=kind,
        TemplateBody=text,
        Parameters=stacks.parameters(values),
    )
    return dict(cloudformation.describe_change_set(ChangeSetName=made["Id"]))


def changes(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    all_of_them = [each["ResourceChange"] for each in found["Changes"]]
    return {each["LogicalResourceId"]: each for each in all_of_them}


def execute(cloud: Cloud, stack: str, found: dict[str, Any]) -> dict[str, Any]:
    cloud.client("cloudformation").execute_change_set(ChangeSetName=found["ChangeSetId"])
    return stacks.settled(cloud, stack)


def refusal(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**given)
    return f"{error.value.response['Error']['Code']}: {error.value.response['Error']['Message']}"


def test_create(cloud: Cloud, name: str) -> None:
    found = change_set(cloud, name, body(name), "CREATE")
    assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    added = changes(found)
    assert {each["Action"] for each in added.values()} == {"Add"}
    assert added.keys() == {"Task", "Service", "Cluster", "Log"}
    cloudformation = cloud.client("cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert execute(cloud, name, found)["StackStatus"] == "CREATE_COMPLETE"
    again = refusal(cloudformation.execute_change_set, ChangeSetName=found["ChangeSetId"])
    assert again.startswith("InvalidChangeSetStatus: ChangeSet [")
    create = cloudformation.create_change_set
    refused = refusal(
        create, StackName=name, ChangeSetName="x", ChangeSetType="CREATE", TemplateBody=BODY
    )
    assert refused == (
        f"ValidationError: Stack [{name}] already exists and cannot be created again with the "
        "changeSet [x]."
    )


def test_update_of_nothing(cloud: Cloud) -> None:
    create = cloud.client("cloudformation").create_change_set
    refused = refusal(
        create, StackName="nothing", ChangeSetName="x", ChangeSetType="UPDATE", TemplateBody=BODY
    )
    assert refused == "ValidationError: Stack [nothing] does not exist"


def test_no_changes(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    found = change_set(cloud, name, body(name), "UPDATE")
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert found["StatusReason"] == (
        "The submitted information didn't contain changes. "
        "Submit different information to create a change set."
    )
    execute_it = cloud.client("cloudformation").execute_change_set
    refused = refusal(execute_it, ChangeSetName=found["ChangeSetId"])
    assert refused.endswith("cannot be executed in its current status of [FAILED]")


def test_outputs_are_changes(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    with_output = body(name) + "Outputs: {Name: {Value: !Ref Cluster}}\n"
    found = change_set(cloud, name, with_output, "UPDATE")
    assert (found["Status"], found["Changes"]) == ("CREATE_COMPLETE", [])
    stack = execute(cloud, name, found)
    assert stacks.outputs(stack) == {"Name": cloud.physical_ids(name)["Cluster"]}


def test_replacement(cloud: Cloud, name: str) -> None:
    """A new command is a new revision for certain; that the service changes follows from it."""
    stacks.create(cloud, name, body(name))
    before = cloud.physical_ids(name)
    found = change_set(cloud, name, body(name), "UPDATE", Command="migrate")
    changed = changes(found)
    assert changed.keys() == {"Task", "Service"}
    task, service = changed["Task"], changed["Service"]
    assert (task["Action"], task["Replacement"]) == ("Modify", "True")
    assert task["PhysicalResourceId"] == before["Task"]
    assert task["Scope"] == ["Properties"]
    assert task["Details"] == [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "ContainerDefinitions",
                "RequiresRecreation": "Always",
            },
            "Evaluation": "Static",
            "ChangeSource": "ParameterReference",
            "CausingEntity": "Command",
        }
    ]
    assert (service["Action"], service["Replacement"]) == ("Modify", "False")
    [detail] = service["Details"]
    assert detail["Target"]["Name"] == "TaskDefinition"
    assert detail["Evaluation"] == "Dynamic"
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ResourceReference", "Task")
    stack = execute(cloud, name, found)
    assert stack["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(cloud, name)
    after = cloud.physical_ids(name)
    assert {each for each in after if after[each] != before[each]} == {"Task"}
    ecs = cloud.client("ecs")
    cluster = after["Cluster"]
    [running] = ecs.describe_services(cluster=cluster, services=[after["Service"]])["services"]
    assert running["taskDefinition"] == after["Task"]
    old = ecs.describe_task_definition(taskDefinition=before["Task"])["taskDefinition"]
    assert old["status"] == "INACTIVE"


def test_update_in_place(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    found = change_set(cloud, name, body(name), "UPDATE", Days="30")
    [log] = changes(found).values()
    assert (log["LogicalResourceId"], log["Replacement"]) == ("Log", "False")
    assert log["Details"][0]["Target"]["RequiresRecreation"] == "Never"


def test_removal(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    found = change_set(cloud, name, body(name).replace(LOG, ""), "UPDATE")
    [log] = changes(found).values()
    assert (log["LogicalResourceId"], log["Action"]) == ("Log", "Remove")
    assert log["PolicyAction"] == "Delete"
    assert "Log" in cloud.physical_ids(name)
    execute(cloud, name, found)
    assert "Log" not in cloud.physical_ids(name)


def test_another_deletion_policy(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    kept = body(name).replace("  Log:\n", "  Log:\n    DeletionPolicy: Retain\n")
    found = change_set(cloud, name, kept, "UPDATE")
    [log] = changes(found).values()
    assert log["Scope"] == ["DeletionPolicy"]
    assert execute(cloud, name, found)["StackStatus"] == "UPDATE_COMPLETE"
    stack = stacks.delete(cloud, name)
    told = cloud.client("cloudformation").describe_stack_events(StackName=stack["StackId"])
    skipped = [each for each in told["StackEvents"] if each["ResourceStatus"] == "DELETE_SKIPPED"]
    assert [each["LogicalResourceId"] for each in skipped] == ["Log"]


def test_others_are_obsolete(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name))
    first = change_set(cloud, name, body(name), "UPDATE", Days="30")
    cloudformation = cloud.client("cloudformation")
    second = cloudformation.create_change_set(
        StackName=name, ChangeSetName="second", ChangeSetType="UPDATE", TemplateBody=body("other")
    )
    execute(cloud, name, first)
    found = cloudformation.list_change_sets(StackName=name)["Summaries"]
    states = {each["ChangeSetName"]: each["ExecutionStatus"] for each in found}
    assert states == {"change": "EXECUTE_COMPLETE", "second": "OBSOLETE"}
    assert "OBSOLETE" in refusal(cloudformation.execute_change_set, ChangeSetName=second["Id"])


def test_previous_values(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, body(name), Days="30")
    cloudformation = cloud.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="change",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "Days", "UsePreviousValue": True},
            {"ParameterKey": "Command", "ParameterValue": "migrate"},
        ],
    )
    found = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert changes(found).keys() == {"Task", "Service"}
    assert {"ParameterKey": "Days", "ParameterValue": "30"} in found["Parameters"]
