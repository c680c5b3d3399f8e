"""What templates leave to the account, and what becomes of it."""

import json
from typing import Any

import pytest

from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.preflight.live.account import REFUSED, Asked, of

STORED = """
Parameters:
  Group:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /shop/group
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: nginx:1.27
          Memory: 256
          LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: NAME}}
"""
REFERENCE = STORED.replace("NAME", '"/of/{{resolve:ssm:/shop/group}}/web"')
NAMED = {"Name": "/nothing", "Type": "String", "Value": "-"}
IMPORTED = STORED.replace("NAME", "!ImportValue logs-group")
MADE = '  Made: {Type: "AWS::SSM::Parameter", Properties: {Name: /shop/group, Value: x}}'


def keep(amazon: Amazon, value: str, kind: str = "String") -> None:
    amazon.client("ssm").put_parameter(Name="/shop/group", Value=value, Type=kind)


@pytest.mark.parametrize(
    ("template", "name"),
    [(STORED.replace("NAME", "!Ref Group"), "web"), (REFERENCE, "/of/web/web")],
)
def test_stored(asked: Asked, amazon: Amazon, template: str, name: str) -> None:
    """It takes part in what follows: here, whether there is a log group of that name."""
    keep(amazon, "web")
    found = asked(template)
    assert not of(found, "T01")
    [told] = of(found, "A07")
    assert told.why[0] == f"web logs to {name}."


def test_stored_list(asked: Asked, amazon: Amazon) -> None:
    keep(amazon, "a, web", "StringList")
    template = STORED.replace("NAME", "!Select [1, !Ref Group]")
    [told] = of(asked(template.replace("Value<String>", "Value<List<String>>")), "A07")
    assert told.why[0] == "web logs to web."


def test_not_stored(asked: Asked) -> None:
    [told] = of(asked(STORED.replace("NAME", "!Ref Group")), "T01")
    assert (told.severity, told.place.line) == ("error", 3)
    said = "Unable to fetch parameters [/shop/group] from parameter store for this account."
    assert told.why == (f"Parameter Group: {said}",)


def test_reference_that_is_not_stored(asked: Asked) -> None:
    template = REFERENCE.replace("/shop/group}", "/shop/other}").replace(
        "Default: /shop/group", "Default: /aws/service/ecs/optimized-ami/amazon-linux-2023"
    )
    told = [each for each in of(asked(template), "T01") if each.resource == "Task"]
    assert [each.why for each in told] == [("Parameters: [ssm:/shop/other] cannot be found.",)]


def test_stored_by_the_template(asked: Asked) -> None:
    assert not of(asked(STORED.replace("NAME", "!Ref Group") + MADE), "T01")


def test_secure_string_is_not_looked_at(asked: Asked, amazon: Amazon) -> None:
    keep(amazon, "web", "SecureString")
    assert not of(asked(STORED.replace("NAME", "!Ref Group")), "T01", "A07")


@pytest.mark.parametrize(
    ("template", "operation", "name"),
    [
        (STORED.replace("NAME", "!Ref Group"), "ssm.GetParameters", "ssm:GetParameters"),
        (
            IMPORTED.replace("Default: /shop/group", 'Default: ""'),
            "cloudformation.ListExports",
            "cloudformation:ListExports",
        ),
    ],
)
def test_refused(asked: Asked, template: str, operation: str, name: str) -> None:
    found = asked(template, {operation: REFUSED})
    assert name in {each.resource for each in of(found, "T05")}
    assert not of(found, "A07")


def test_export_of_a_stack_that_is_there(asked: Asked, amazon: Amazon) -> None:
    keep(amazon, "unused")
    nothing = {"Type": "AWS::SSM::Parameter", "Properties": NAMED}
    output: dict[str, Any] = {"Value": "/exported", "Export": {"Name": "logs-group"}}
    body = json.dumps({"Resources": {"Nothing": nothing}, "Outputs": {"Group": output}})
    amazon.client("cloudformation").create_stack(StackName="logs", TemplateBody=body)
    [told] = of(asked(IMPORTED), "A07")
    assert told.why[0] == "web logs to /exported."


def test_no_such_export(asked: Asked, amazon: Amazon) -> None:
    keep(amazon, "unused")
    [told] = of(asked(IMPORTED), "T01")
    assert told.why == ("Fn::ImportValue: No export named logs-group found.",)


def test_account_and_region(asked: Asked) -> None:
    template = STORED.replace("NAME", '!Sub "/${AWS::AccountId}/${AWS::Region}"')
    [told] = of(asked(template), "A07")
    assert told.why[0] == f"web logs to /{ACCOUNT}/{REGION}."
