from typing import Any

import pytest

from deploy.ecs.evaluator.symbols import Parameter, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.conditions import hold

OPEN = Parameter("Region", "s")
CONTEXT: dict[str, Value] = {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}
CONTEXT |= {"aws:SourceArn": "arn:aws:ecs:eu-central-1:1:service/shop"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, True),
        ({"StringEquals": {"KMS:ViaService": CONTEXT["kms:ViaService"]}}, True),
        ({"StringEquals": {"kms:ViaService": "secretsmanager.*"}}, False),
        ({"StringLike": {"kms:ViaService": ["s3.*", "secretsmanager.*"]}}, True),
        ({"StringNotLike": {"kms:ViaService": "s3.*"}}, True),
        ({"StringNotEquals": {"kms:ViaService": CONTEXT["kms:ViaService"]}}, False),
        ({"StringEqualsIfExists": {"kms:ViaService": "x"}}, False),
        ({"StringEquals": {"kms:ViaService": Parameter("A", "s")}}, None),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:*:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:2:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": joined(["arn:aws:ecs:", OPEN, ":1:service/*"])}}, None),
        ({"ArnLike": {"aws:SourceArn": joined(["arn:aws:ecs:", OPEN, ":1:task/*"])}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, None),
        ({"Bool": {"aws:SecureTransport": "true"}}, None),
        ({"StringLike": {"kms:ViaService": "s3.*"}, "Bool": {"x": "y"}}, False),
        ("x", None),
        ({"StringEquals": "x"}, None),
        ({"StringEquals": {"kms:ViaService": {}}}, None),
    ],
)
def test_hold(written: Any, expected: bool | None) -> None:
    assert hold(written, CONTEXT) is expected
