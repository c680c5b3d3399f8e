"""The environment of a stack, as the pseudo parameters tell it to the template."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.ecs.evaluator.symbols import NO_VALUE, Pseudo, Value
from deploy.ecs.evaluator.values import RefusedError

# The first prefix that fits; https://docs.aws.amazon.com/general/latest/gr/rande.html
PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
)
OF_STACK = ("AWS::StackName", "AWS::StackId", "AWS::NotificationARNs")


@dataclass(frozen=True)
class Kept:
    """What the account has that templates name, as far as it was asked."""

    parameters: Mapping[str, str | None] = field(default_factory=dict)  # None: there is none
    exports: Mapping[str, str] | None = None  # all; None: not asked


@dataclass(frozen=True)
class Environment:
    """What is None becomes a symbol."""

    region: str | None = None
    account: str | None = None
    stack_name: str | None = None
    kept: Kept = field(default_factory=Kept, hash=False)


def pseudo_parameter(name: str, environment: Environment, stack: str) -> Value:
    """Raises RefusedError where CloudFormation has none of that name."""
    if name == "AWS::NoValue":
        return NO_VALUE
    partition, suffix = _partition(environment.region)
    known = {
        "AWS::AccountId": environment.account,
        "AWS::Partition": partition,
        "AWS::Region": environment.region,
        "AWS::StackName": environment.stack_name,
        "AWS::URLSuffix": suffix,
    }
    if name not in known and name not in OF_STACK:
        raise RefusedError(f"there is no pseudo parameter {name}.")
    value = known.get(name)
    return Pseudo(name, stack if name in OF_STACK else "") if value is None else value


def _partition(region: str | None) -> tuple[str | None, str | None]:
    if region is None:
        return None, None
    return next(found for prefix, *found in PARTITIONS if region.startswith(prefix))  # type: ignore[return-value]
