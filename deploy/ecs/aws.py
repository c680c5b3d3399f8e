"""An account of AWS in one region, and what its errors mean to the person at the keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from deploy.ecs.errors import DeploymentError

CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 6},
    user_agent_extra="little-ecom-deploy",
)
SIGN_IN = (
    "Sign in: aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"}
FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
THROTTLED = {"Throttling", "ThrottlingException", "RequestLimitExceeded"}


class AWS:
    def __init__(self, region: str | None, profile: str | None = None) -> None:
        """Without a region that of the AWS configuration. Raises ProfileNotFound."""
        self.session = boto3.Session(profile_name=profile, region_name=region)
        if self.session.region_name is None:
            raise DeploymentError("No region is given.", "Give --region or AWS_DEFAULT_REGION.")
        self.region = str(self.session.region_name)
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        return self.session.client(service, config=CONFIG)

    @property
    def account(self) -> str:
        return str(self.identity["Account"])

    @property
    def identity(self) -> dict[str, str]:
        return dict(self.client("sts").get_caller_identity())


def connect(region: str | None, profile: str | None = None, account: str | None = None) -> AWS:
    """Raises DeploymentError unless these are credentials of `account`, where that is given."""
    with explained():
        aws = AWS(region, profile)
        found = aws.account
    if account and found != account:
        raise DeploymentError(
            f"These are credentials of account {found}, and deployment.toml says {account}.",
            "Take those of the right account (--profile), or correct deployment.toml.",
        )
    return aws


@contextmanager
def explained() -> Iterator[None]:
    """Of what boto3 raises, cause and cure."""
    try:
        yield
    except (ClientError, BotoCoreError, HTTPClientError) as error:
        raise explanation(error) from error


def explanation(error: Exception) -> DeploymentError:
    if isinstance(error, ClientError):
        return refusal(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return DeploymentError("There are no credentials of AWS.", SIGN_IN)
    if isinstance(error, SSOTokenLoadError | UnauthorizedSSOTokenError | TokenRetrievalError):
        return DeploymentError("The sign-in to AWS is over.", SIGN_IN)
    if isinstance(error, ProfileNotFound):
        return DeploymentError(f"{error}.", "aws configure list-profiles shows those there are.")
    if isinstance(error, ConnectionError | HTTPClientError):
        return DeploymentError(
            f"AWS does not answer: {error}",
            "Check the connection and the region. Then give the same command again: it goes on "
            "where it was.",
        )
    return DeploymentError(f"AWS cannot be asked: {error}", "Check credentials and region.")


def refusal(error: ClientError) -> DeploymentError:
    """An answer of AWS that is an error."""
    code, operation = error.response["Error"]["Code"], error.operation_name
    message = error.response["Error"].get("Message", "")
    if code in EXPIRED:
        again = "Then give the same command again: it goes on where it was."
        return DeploymentError("The credentials of AWS have expired.", f"{SIGN_IN} {again}")
    if code in UNKNOWN:
        return DeploymentError("AWS does not know these credentials.", SIGN_IN)
    if code in FORBIDDEN:
        fault = "A10" if "iam:PassRole" in message else ""
        return DeploymentError(
            f"These credentials may not {operation}: {message}",
            "Take others, or let an administrator allow it: docs/deployment.md lists what is "
            "needed.",
            fault=fault,
        )
    if code in THROTTLED:
        return DeploymentError(
            f"AWS takes no more requests for now ({operation}).",
            "Wait a minute and give the same command again: it goes on where it was.",
        )
    return DeploymentError(
        f"AWS refuses {operation}: {message} ({code})", "Correct what it names and try again."
    )
