"""Reading a secret, within a time that is bounded whatever the network does."""

from contextlib import closing
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ecom.secrets.bounded import ANSWER_WITHIN, CONNECT_WITHIN, TRIES, WITHIN, bounded
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError, Source

IDENTITY_WITHIN = 4  # seconds

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


def read_once(setting: str, secret_id: str) -> Secret:
    """Raises SecretError. A second call answers the same without asking again, since Django loads
    settings that raised once more."""
    outcome = _outcome(setting, secret_id)
    if isinstance(outcome, SecretError):
        raise outcome
    return outcome


@cache
def _outcome(setting: str, secret_id: str) -> Secret | SecretError:
    try:
        return read(Source.named_by(setting, secret_id))
    except SecretError as error:
        return error


def read(source: Source, stage: str = CURRENT, within: float = WITHIN) -> Secret:
    """Raises SecretError."""
    arguments = {"SecretId": source.secret_id, "VersionStage": stage}
    return Secret.of_answer(source, calling(source, "get_secret_value", arguments, within))


def calling(
    source: Source, operation: str, arguments: dict[str, Any], within: float = WITHIN
) -> dict[str, Any]:
    """What Secrets Manager answers to the operation of `source.action`. Raises SecretError."""
    from ecom.secrets import failures

    host: list[str] = []  # for the message, when the time is over
    try:
        return bounded(lambda: _call(source, operation, arguments, host), within)
    except TimeoutError as error:
        raise failures.too_slow(source, host, within) from error


def _call(
    source: Source, operation: str, arguments: dict[str, Any], host: list[str]
) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    from ecom.secrets import failures

    try:
        with closing(client("secretsmanager", source.region)) as secrets_manager:
            host.append(urlsplit(secrets_manager.meta.endpoint_url).netloc)
            answer: dict[str, Any] = getattr(secrets_manager, operation)(**arguments)
    # ValueError: of an endpoint that is no URL.
    except (BotoCoreError, ClientError, ValueError) as error:
        raise failures.explained(error, source, host) from error
    return answer


def client(service: str, region: str, tries: int = TRIES) -> Any:
    """A new one each time: it is needed seldom, and must not be shared with a forked process."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_WITHIN,
        read_timeout=ANSWER_WITHIN,
        retries={"mode": "standard", "total_max_attempts": tries},
    )
    return session(region).client(service, config=config)


@cache
def session(region: str) -> Any:
    """Kept, since to make one takes 50 ms of processor time, in which requests wait."""
    import boto3

    return boto3.session.Session(region_name=region)


@cache
def caller(region: str) -> str:
    """The ARN that AWS knows this process by, or empty where AWS does not say."""
    from botocore.exceptions import BotoCoreError, ClientError

    def ask() -> str:
        with closing(client("sts", region, tries=1)) as sts:
            return str(sts.get_caller_identity()["Arn"])

    try:
        return bounded(ask, IDENTITY_WITHIN)
    except (BotoCoreError, ClientError, ValueError, TimeoutError):
        return ""
