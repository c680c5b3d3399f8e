"""Stacks are created, updated, rolled back and deleted as CloudFormation does it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.cloud import stacks

# The second parameter comes after everything else.
BODY = """\
Parameters:
  Value: {Type: String, Default: one, AllowedPattern: "[a-z]+"}
  Days: {Type: Number, Default: 7, AllowedValues: [7, 30]}
  Size: {Type: Number, Default: 1, MinValue: 1, MaxValue: 9}
Rules:
  Fits:
    RuleCondition: !Equals [!Ref Value, big]
    Assertions:
      - Assert: !Equals [!Ref Days, "30"]
        AssertDescription: What is big is kept for 30 days.
Resources:
  First:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Ref Value}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days}
  Second:
    Type: AWS::SSM::Parameter
    DependsOn: Log
    Properties: {Type: String, Value: !Sub "${First.Value}, too"}
Outputs:
  Name: {Description: The first., Value: !Ref First}
"""
LOG = BODY[BODY.index("  Log:") : BODY.index("  Second:")]
WITHOUT_LOG = BODY.replace(LOG, "").replace("    DependsOn: Log\n", "")
MORE = BODY.replace(
    "Outputs:",
    "  Third:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Value: x}\nOutputs:",
)


def events(cloud: Cloud, name: str) -> list[tuple[str, str, str]]:
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        (
            each["LogicalResourceId"],
            each["ResourceStatus"],
            each.get("ResourceStatusReason", ""),
        )
        for each in reversed(found)
    ]


def value(cloud: Cloud, name: str, logical_id: str) -> str:
    """Of a parameter of Parameter Store, as its own API has it."""
    physical_id = cloud.physical_ids(name)[logical_id]
    found = cloud.client("ssm").get_parameter(Name=physical_id)
    return str(found["Parameter"]["Value"])


def retention(cloud: Cloud, name: str) -> int:
    log = cloud.physical_ids(name)["Log"]
    [found] = cloud.client("logs").describe_log_groups(logGroupNamePrefix=log)["logGroups"]
    return int(found["retentionInDays"])


def refusal(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**given)
    return f"{error.value.response['Error']['Code']}: {error.value.response['Error']['Message']}"


def test_create(cloud: Cloud, name: str) -> None:
    stack = stacks.create(cloud, name, BODY, Value="two")
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert value(cloud, name, "Second") == "two, too"
    assert stacks.outputs(stack) == {"Name": cloud.physical_ids(name)["First"]}
    assert stack["Outputs"][0]["Description"] == "The first."
    told = events(cloud, name)
    assert told[0] == (name, "CREATE_IN_PROGRESS", "User Initiated")
    assert [each[1:] for each in told if each[0] == "Second"] == [
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("CREATE_COMPLETE", ""),
    ]
    started = told.index(("Second", "CREATE_IN_PROGRESS", ""))
    assert told.index(("First", "CREATE_COMPLETE", "")) < started
    assert told[-1] == (name, "CREATE_COMPLETE", "")
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    assert parameters == {"Value": "two", "Days": "7", "Size": "1"}


def test_create_fails(cloud: Cloud, name: str) -> None:
    cloud.fail("Second", "create", "It is not to be.")
    stack = stacks.create(cloud, name, BODY)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    told = events(cloud, name)
    assert ("Second", "CREATE_FAILED", "It is not to be.") in told
    why = "The following resource(s) failed to create: [Second]. Rollback requested by user."
    assert (name, "ROLLBACK_IN_PROGRESS", why) in told
    assert {each[0] for each in told if each[1] == "DELETE_COMPLETE"} == {"First", "Log"}
    assert cloud.physical_ids(name) == {}
    update = cloud.client("cloudformation").update_stack
    assert refusal(update, StackName=name, TemplateBody=BODY) == (
        f"ValidationError: Stack:{stack['StackId']} is in ROLLBACK_COMPLETE state and can not be "
        "updated."
    )


def test_rollback_fails(cloud: Cloud, name: str) -> None:
    cloud.fail("Second", "create", "No.")
    cloud.fail("First", "delete", "Nor this.")
    stack = stacks.create(cloud, name, BODY)
    assert stack["StackStatus"] == "ROLLBACK_FAILED"
    assert stack["StackStatusReason"] == "The following resource(s) failed to delete: [First]. "
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_COMPLETE"


def test_kept_on_failure(cloud: Cloud, name: str) -> None:
    cloud.fail("Second", "create", "No.")
    cloud.client("cloudformation").create_stack(
        StackName=name, TemplateBody=BODY, DisableRollback=True
    )
    stack = stacks.settled(cloud, name)
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert "First" in cloud.physical_ids(name)


def test_update(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    before = cloud.physical_ids(name)
    stack = stacks.update(cloud, name, MORE, Days="30", Value="two")
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert retention(cloud, name) == 30
    assert value(cloud, name, "Second") == "two, too"
    after = cloud.physical_ids(name)
    assert after.keys() - before.keys() == {"Third"}
    assert after.items() >= before.items()
    stack = stacks.update(cloud, name, WITHOUT_LOG, Value="two")
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert cloud.physical_ids(name).keys() == {"First", "Second"}
    told = events(cloud, name)
    cleaning = told.index((name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""))
    assert told.index(("Log", "DELETE_COMPLETE", "")) > cleaning
    logs = cloud.client("logs")
    assert not logs.describe_log_groups(logGroupNamePrefix=before["Log"])["logGroups"]


def test_update_without_changes(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    update = cloud.client("cloudformation").update_stack
    told = refusal(update, StackName=name, TemplateBody=BODY)
    assert told == "ValidationError: No updates are to be performed."


def test_replacement(cloud: Cloud, name: str) -> None:
    """The old one goes when all is well, and whoever refers to it is changed."""
    named = BODY.replace("Value: !Ref Value}", 'Name: !Sub "/${Value}", Value: x}')
    stacks.create(cloud, name, named, Value="old")
    stack = stacks.update(cloud, name, named, Value="new")
    assert stacks.outputs(stack) == {"Name": "/new"}
    assert cloud.physical_ids(name)["First"] == "/new"
    told = events(cloud, name)
    why = "Requested update requires the creation of a new physical resource; hence creating one."
    assert ("First", "UPDATE_IN_PROGRESS", why) in told
    assert ("First", "DELETE_COMPLETE", "") in told
    found = cloud.client("cloudformation").describe_stack_resource(
        StackName=name, LogicalResourceId="First"
    )["StackResourceDetail"]
    assert (found["PhysicalResourceId"], found["ResourceStatus"]) == ("/new", "UPDATE_COMPLETE")
    assert "ParameterNotFound" in refusal(cloud.client("ssm").get_parameter, Name="/old")


def test_replacement_of_the_same_name(cloud: Cloud, name: str) -> None:
    body = """\
Parameters: {{Scheme: {{Type: String}}}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {{GroupName: fixed, GroupDescription: !Ref Scheme}}
"""
    stacks.create(cloud, name, body.format(), Scheme="one")
    stack = stacks.update(cloud, name, body.format(), Scheme="two")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.failures(cloud, name) == [
        "Group: CloudFormation cannot update a stack when a custom-named resource requires "
        "replacing. Rename fixed and update the stack again."
    ]


def test_update_rolls_back(cloud: Cloud, name: str) -> None:
    """To the values that were, and without what was new."""
    stacks.create(cloud, name, BODY)
    cloud.fail("Second", "update", "No.")
    stack = stacks.update(cloud, name, MORE, Days="30", Value="two")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    why = next(each[2] for each in events(cloud, name) if each[1] == "UPDATE_ROLLBACK_IN_PROGRESS")
    assert "The following resource(s) failed to update: [" in why
    assert retention(cloud, name) == 7
    assert value(cloud, name, "First") == "one"
    assert value(cloud, name, "Second") == "one, too"
    assert cloud.physical_ids(name).keys() == {"First", "Second", "Log"}
    assert [each["ParameterValue"] for each in stack["Parameters"]] == ["one", "7", "1"]
    # And can be updated again.
    again = stacks.update(cloud, name, MORE, Days="30", Value="two")
    assert again["StackStatus"] == "UPDATE_COMPLETE"


def test_replacement_rolls_back(cloud: Cloud, name: str) -> None:
    named = BODY.replace("Value: !Ref Value}", 'Name: !Sub "/${Value}/back", Value: !Ref Value}')
    stacks.create(cloud, name, named, Value="old")
    cloud.fail("Second", "update", "No.")
    stack = stacks.update(cloud, name, named, Value="new")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert value(cloud, name, "First") == "old"
    assert "ParameterNotFound" in refusal(cloud.client("ssm").get_parameter, Name="/new/back")


def test_continue_update_rollback(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    cloud.fail("Second", "update", "No.", times=2)  # on the way there, and back
    stack = stacks.update(cloud, name, MORE, Value="two", Days="30")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    why = "The following resource(s) failed to update: [Second]."
    assert stack["StackStatusReason"] == why
    update = cloud.client("cloudformation").update_stack
    assert "can not be updated" in refusal(update, StackName=name, TemplateBody=BODY)
    cloud.client("cloudformation").continue_update_rollback(StackName=name)
    stack = stacks.settled(cloud, name)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert value(cloud, name, "Second") == "one, too"
    assert cloud.physical_ids(name).keys() == {"First", "Second", "Log"}


def test_skipped_resources(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    cloud.fail("Second", "update", "No.", times=3)
    stacks.update(cloud, name, BODY, Value="two")
    cloudformation = cloud.client("cloudformation")
    cloudformation.continue_update_rollback(StackName=name, ResourcesToSkip=["Second"])
    assert stacks.settled(cloud, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    refused = refusal(cloudformation.continue_update_rollback, StackName=name)
    assert "state and can not continue rollback" in refused


def test_delete(cloud: Cloud, name: str) -> None:
    stack = stacks.create(cloud, name, BODY)
    parameter = cloud.physical_ids(name)["First"]
    deleted = stacks.delete(cloud, name)
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    assert "ParameterNotFound" in refusal(cloud.client("ssm").get_parameter, Name=parameter)
    told = events(cloud, stack["StackId"])
    assert told.index(("Second", "DELETE_COMPLETE", "")) < told.index(
        ("First", "DELETE_IN_PROGRESS", "")
    )
    cloudformation = cloud.client("cloudformation")
    gone = refusal(cloudformation.describe_stacks, StackName=name)
    assert gone == f"ValidationError: Stack with id {name} does not exist"
    cloudformation.delete_stack(StackName=name)  # again, which is no error


def test_delete_fails(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    cloud.fail("First", "delete", "It is needed.")
    stack = stacks.delete(cloud, name)
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert stack["StackStatusReason"] == "The following resource(s) failed to delete: [First]. "
    assert cloud.physical_ids(name).keys() == {"First"}
    cloud.client("cloudformation").delete_stack(StackName=name, RetainResources=["First"])
    assert stacks.settled(cloud, stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_deletion_policy(cloud: Cloud, name: str) -> None:
    kept = BODY.replace("Type: AWS::Logs::LogGroup", "&\n    DeletionPolicy: Retain")
    kept = kept.replace("&", "Type: AWS::Logs::LogGroup")
    stacks.create(cloud, name, kept)
    log = cloud.physical_ids(name)["Log"]
    stack = stacks.delete(cloud, name)
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    assert ("Log", "DELETE_SKIPPED", "") in events(cloud, stack["StackId"])
    logs = cloud.client("logs")
    assert logs.describe_log_groups(logGroupNamePrefix=log)["logGroups"]


def test_termination_protection(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    cloudformation = cloud.client("cloudformation")
    protect = cloudformation.update_termination_protection
    protect(StackName=name, EnableTerminationProtection=True)
    assert refusal(cloudformation.delete_stack, StackName=name) == (
        f"ValidationError: Stack [{name}] cannot be deleted while TerminationProtection is enabled"
    )
    protect(StackName=name, EnableTerminationProtection=False)
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_COMPLETE"


def test_a_name_in_use(cloud: Cloud, name: str) -> None:
    cloud.client("logs").create_log_group(logGroupName="/taken")
    body = BODY.replace("{RetentionInDays", "{LogGroupName: /taken, RetentionInDays")
    stacks.create(cloud, name, body)
    [first, *_] = [each for each in stacks.failures(cloud, name) if "cancelled" not in each]
    assert first.startswith(
        "Log: Resource handler returned message: \"Resource of type 'AWS::Logs::LogGroup' with "
        'identifier \'{"/properties/LogGroupName":"/taken"}\' already exists." (RequestToken: '
    )
    assert first.endswith(", HandlerErrorCode: AlreadyExists)")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Value": "1"}, "Parameter 'Value' must match pattern [a-z]+"),
        ({"Days": "8"}, "Parameter 'Days' must be one of AllowedValues"),
        ({"Size": "0"}, "Parameter 'Size' must be a number not less than 1"),
        ({"Size": "10"}, "Parameter 'Size' must be a number not greater than 9"),
        ({"Other": "x"}, "Parameters: [Other] do not exist in the template"),
        ({"Value": "big"}, "What is big is kept for 30 days."),
    ],
)
def test_parameters(cloud: Cloud, given: dict[str, str], message: str) -> None:
    create = cloud.client("cloudformation").create_stack
    parameters = stacks.parameters(given)
    refused = refusal(create, StackName="refused", TemplateBody=BODY, Parameters=parameters)
    assert refused == f"ValidationError: {message}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Parameters: {A: {Type: String}}\nResources: {}", "Parameters: [A] must have values"),
        (
            "Resources: {A: {Type: AWS::Elsewhere::Thing}}",
            "Template format error: Unrecognized resource types: [AWS::Elsewhere::Thing]",
        ),
        ("Resources: [", "Template format error: It is neither JSON nor YAML: "),
        ("#" * 51_201, "1 validation error detected: Value at 'templateBody' failed to satisfy "),
    ],
)
def test_templates(cloud: Cloud, body: str, message: str) -> None:
    create = cloud.client("cloudformation").create_stack
    refused = refusal(create, StackName="refused", TemplateBody=body)
    assert refused.startswith(f"ValidationError: {message}")


@pytest.mark.parametrize(
    ("named", "capability"), [("", "CAPABILITY_IAM"), ("RoleName: x, ", "CAPABILITY_NAMED_IAM")]
)
def test_capabilities(cloud: Cloud, named: str, capability: str) -> None:
    role = f"{{Type: AWS::IAM::Role, Properties: {{{named}AssumeRolePolicyDocument: {{}}}}}}"
    create = cloud.client("cloudformation").create_stack
    refused = refusal(create, StackName="refused", TemplateBody=f"Resources: {{Role: {role}}}")
    told = f"InsufficientCapabilitiesException: Requires capabilities : [{capability}]"
    assert refused == told


def test_summaries(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    cloudformation = cloud.client("cloudformation")
    found = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    assert {each["LogicalResourceId"]: each["ResourceStatus"] for each in found} == dict.fromkeys(
        ["First", "Log", "Second"], "CREATE_COMPLETE"
    )
    assert cloudformation.get_template(StackName=name)["TemplateBody"] == BODY
    validated = cloudformation.validate_template(TemplateBody=BODY)
    assert {each["ParameterKey"] for each in validated["Parameters"]} == {"Value", "Days", "Size"}
    listed = cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    assert name in {each["StackName"] for each in listed}


def test_evaluated_stacks(cloud: Cloud, name: str) -> None:
    """With what is deployed in the place of references."""
    cloud.client("ssm").put_parameter(Name="/image", Value="ami-0a", Type="String")
    stored = "  Image: {Type: AWS::SSM::Parameter::Value<String>, Default: /image}\n"
    stacks.create(cloud, name, BODY.replace("Parameters:\n", f"Parameters:\n{stored}"))
    [stack] = [each for each in cloud.stacks() if each.name == name]
    assert stack.resources["Second"].properties["Value"] == "one, too"
    assert stack.resources["Second"].refers_to == {"First"}
    assert stack.outputs["Name"].value == cloud.physical_ids(name)["First"]
    assert stack.parameters == {"Value": "one", "Days": "7", "Size": "1", "Image": "ami-0a"}
    stacks.delete(cloud, name)
    assert name not in {each.name for each in cloud.stacks()}


def test_timeline(cloud: Cloud, name: str) -> None:
    stacks.create(cloud, name, BODY)
    told = [each.text for each in cloud.timeline if each.source == f"stack {name}"]
    assert told[0] == "CREATE_IN_PROGRESS: User Initiated"
    assert told[-1] == "CREATE_COMPLETE"
    assert "CREATE_COMPLETE Second" in told
