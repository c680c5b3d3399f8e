"""Calls that are refused, fail, or find nobody: none of them ends the command."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from deploy.ecs.evaluator import Stack
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.asking import not_told
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.live.account import REFUSED, Partly

ASKED = "secretsmanager.DescribeSecret"


def silent(_: Mapping[str, Any]) -> Mapping[str, Any]:
    raise ConnectTimeoutError(endpoint_url="https://secretsmanager.invalid")


@pytest.fixture
def stack(folder: Folder) -> Stack:
    return folder.stack("Resources: {Bucket: {Type: 'AWS::S3::Bucket'}}")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (REFUSED, "may not ask"),
        ("ThrottlingException", "got no answer from"),
        (silent, "got no answer from"),
    ],
)
def test_told_once(stack: Stack, answer: Any, reason: str) -> None:
    account = Account(Partly({ASKED: answer}))
    assert [account.secret(each) for each in ("one", "other", "one")] == [None, None, None]
    [told] = not_told(account, [stack])
    assert (told.id, told.severity, told.resource) == (
        "T05",
        "note",
        "secretsmanager:DescribeSecret",
    )
    assert told.why[0].startswith(f"These credentials {reason} secretsmanager:DescribeSecret")
    assert (told.place.file.name, told.place.line) == ("shop.yaml", 1)


def test_asked_once() -> None:
    seen: list[str] = []

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
        seen.append(request["SecretId"])
        return {"Name": request["SecretId"]}

    account = Account(Partly({ASKED: answer}))
    for each in ("one", "other", "one"):
        assert account.secret(each) == {"Name": each}
    assert seen == ["one", "other"]


def test_absent_is_no_refusal(stack: Stack) -> None:
    account = Account(Partly({ASKED: "ResourceNotFoundException"}))
    assert account.secret("shop") == {}
    assert list(not_told(account, [stack])) == []


def test_credentials_that_have_expired() -> None:
    account = Account(Partly({ASKED: "ExpiredTokenException"}))
    with pytest.raises(ClientError):
        account.secret("shop")


def test_values_are_not_kept() -> None:
    value = {"Name": "shop", "SecretString": '{"password": "hunter2"}'}
    account = Account(Partly({"secretsmanager.GetSecretValue": value}))
    assert account.secret_keys("shop") == frozenset({"password"})
    assert "hunter2" not in str(vars(account))
