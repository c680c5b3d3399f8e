"""Why a secret cannot be read or written, and what to do, from what boto3 raised."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from ecom.secrets.answers import answered
from ecom.secrets.source import SecretError, Source
from ecom.secrets.unanswered import unanswered, way_to


def explained(error: Exception, source: Source, host: Sequence[str]) -> SecretError:
    if isinstance(error, ClientError):
        return source.unreadable(*answered(error, source))
    return source.unreadable(*unanswered(error, host[0] if host else "the endpoint"))


def too_slow(source: Source, host: Sequence[str], within: float) -> SecretError:
    name = host[0] if host else "AWS"
    return source.unreadable(f"{name} did not answer within {within:g} s", way_to(name))
