from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSLError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from deploy.ecs import aws as aws_module
from deploy.ecs.aws import AWS, connect, explained
from deploy.ecs.errors import DeploymentError
from tests.deploy.amazon import ACCOUNT, REGION, Amazon, RefusedError, Request

PASS_ROLE = "User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: r"


def said(error: Exception) -> DeploymentError:
    with pytest.raises(DeploymentError) as refused, explained():
        raise error
    assert refused.value.__cause__ is error
    return refused.value


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateStack")


AGAIN = "give the same command again"
REFUSALS = {
    "ExpiredToken": ("have expired", AGAIN),
    "ExpiredTokenException": ("have expired", AGAIN),
    "RequestExpired": ("have expired", AGAIN),
    "InvalidClientTokenId": ("does not know these credentials", "Sign in"),
    "UnrecognizedClientException": ("does not know these credentials", "Sign in"),
    "AuthFailure": ("does not know these credentials", "Sign in"),
    "AccessDenied": ("may not CreateStack: because", "let an administrator allow it"),
    "AccessDeniedException": ("may not CreateStack", "let an administrator allow it"),
    "UnauthorizedOperation": ("may not CreateStack", "let an administrator allow it"),
    "Throttling": ("takes no more requests for now", AGAIN),
    "ThrottlingException": ("takes no more requests for now", AGAIN),
    "RequestLimitExceeded": ("takes no more requests for now", AGAIN),
    "ValidationError": ("AWS refuses CreateStack: because (ValidationError)", "Correct what it"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_refusal(code: str) -> None:
    cause, cure = REFUSALS[code]
    error = said(refusal(code, "because"))
    assert cause in error.cause
    assert cure in error.cure


def test_role_that_may_not_be_passed() -> None:
    assert said(refusal("AccessDenied", PASS_ROLE)).fault == "A10"


URL = "https://ecs.eu-central-1.amazonaws.com"
FAILURES: list[tuple[Exception, str, str]] = [
    (NoCredentialsError(), "There are no credentials of AWS.", "aws sso login"),
    (
        PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
        "There are no credentials of AWS.",
        "AWS_SECRET_ACCESS_KEY",
    ),
    (SSOTokenLoadError(error_msg="x"), "The sign-in to AWS is over.", "aws sso login"),
    (UnauthorizedSSOTokenError(), "The sign-in to AWS is over.", "aws sso login"),
    (TokenRetrievalError(provider="sso", error_msg="x"), "The sign-in to AWS", "aws sso login"),
    (EndpointConnectionError(endpoint_url=URL), "AWS does not answer", AGAIN),
    (ReadTimeoutError(endpoint_url=URL), "AWS does not answer", AGAIN),
    (SSLError(endpoint_url=URL, error="x"), "AWS does not answer", AGAIN),
    (ParamValidationError(report="x"), "AWS cannot be asked", "Check"),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: type(case[0]).__name__)
def test_failure(case: tuple[Exception, str, str]) -> None:
    raised, cause, cure = case
    error = said(raised)
    assert cause in error.cause
    assert cure.lower() in error.cure.lower()


def test_defects_are_not_explained_away() -> None:
    with pytest.raises(KeyError), explained():
        raise KeyError("x")


def test_account(amazon: Amazon) -> None:
    assert connect(REGION).account == ACCOUNT
    assert connect(REGION, account=ACCOUNT).account == ACCOUNT
    with pytest.raises(DeploymentError, match=f"of account {ACCOUNT}, and deployment.toml says 0"):
        connect(REGION, account="000000000000")


def test_without_credentials(amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(DeploymentError, match="There are no credentials of AWS"):
        connect(REGION)


def test_profile_that_is_not_there(amazon: Amazon) -> None:
    with pytest.raises(DeploymentError, match="nobody") as refused:
        connect(REGION, "nobody")
    assert "list-profiles" in refused.value.cure


def test_nobody_answers(amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    once = Config(retries={"total_max_attempts": 1})
    monkeypatch.setattr(aws_module, "CONFIG", aws_module.CONFIG.merge(once))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(DeploymentError, match="AWS does not answer"):
        connect(REGION)


def test_key_is_not_shown(amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")

    def refuse(request: Request) -> dict[str, Any]:
        raise RefusedError("InvalidClientTokenId", "The security token is invalid.", 403)

    amazon.answers["GetCallerIdentity"] = refuse
    with pytest.raises(DeploymentError) as refused:
        connect(REGION)
    assert "wJalrXUtnFEMI" not in str(refused.value) + repr(refused.value)


def test_a_client_is_made_once(aws: AWS) -> None:
    assert aws.client("ecs") is aws.client("ecs")
