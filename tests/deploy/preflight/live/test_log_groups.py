"""Log groups that no stack makes."""

import pytest

from tests.deploy.amazon import Amazon
from tests.deploy.preflight.live.account import REFUSED, Asked, of

TEMPLATE = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: shop:1
          Memory: 256
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: /shop/web, awslogs-region: eu-central-1}
"""


def test_absent(asked: Asked, amazon: Amazon) -> None:
    amazon.client("logs").create_log_group(logGroupName="/shop/web-2")
    [found] = of(asked(TEMPLATE), "A07")
    assert (found.severity, found.resource) == ("error", "Task")
    assert found.why[-1] == "eu-central-1 has no log group of that name."


def test_there(asked: Asked, amazon: Amazon) -> None:
    amazon.client("logs").create_log_group(logGroupName="/shop/web")
    assert not of(asked(TEMPLATE), "A07")


@pytest.mark.parametrize("code", [REFUSED, "InternalFailure"])
def test_no_answer(asked: Asked, code: str) -> None:
    found = asked(TEMPLATE, {"logs.DescribeLogGroups": code})
    assert [each.severity for each in of(found, "A07")] == ["warning"]
    assert [each.resource for each in of(found, "T05")] == ["logs:DescribeLogGroups"]


@pytest.mark.parametrize("region", ["eu-west-1", "!Ref AWS::NoValue"])
def test_elsewhere(asked: Asked, region: str) -> None:
    """Of another region's groups nothing is asked here."""
    template = TEMPLATE.replace("awslogs-region: eu-central-1", f"awslogs-region: {region}")
    assert [each.severity for each in of(asked(template), "A07")] == ["warning"]
