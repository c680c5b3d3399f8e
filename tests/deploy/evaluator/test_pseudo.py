import pytest

from deploy.ecs.evaluator.pseudo import Environment, pseudo_parameter
from deploy.ecs.evaluator.symbols import NO_VALUE, Pseudo
from deploy.ecs.evaluator.values import RefusedError

ALL = Environment("eu-central-1", "123456789012", "shop")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS::AccountId", "123456789012"),
        ("AWS::Region", "eu-central-1"),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
        ("AWS::StackName", "shop"),
        ("AWS::StackId", Pseudo("AWS::StackId", "s")),
        ("AWS::NotificationARNs", Pseudo("AWS::NotificationARNs", "s")),
        ("AWS::NoValue", NO_VALUE),
    ],
)
def test_known(name: str, value: object) -> None:
    assert pseudo_parameter(name, ALL, "s") == value


@pytest.mark.parametrize("name", ["AccountId", "Region", "Partition", "URLSuffix", "StackName"])
def test_unknown(name: str) -> None:
    stack = "s" if name == "StackName" else ""
    assert pseudo_parameter(f"AWS::{name}", Environment(), "s") == Pseudo(f"AWS::{name}", stack)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
    ],
)
def test_partitions(region: str, partition: str, suffix: str) -> None:
    environment = Environment(region)
    assert pseudo_parameter("AWS::Partition", environment, "") == partition
    assert pseudo_parameter("AWS::URLSuffix", environment, "") == suffix


def test_no_such() -> None:
    with pytest.raises(RefusedError, match="no pseudo parameter AWS::Color"):
        pseudo_parameter("AWS::Color", ALL, "s")
