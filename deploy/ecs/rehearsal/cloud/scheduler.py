"""What CloudFormation has to ask ECS's scheduler, which is not of this package."""

from typing import Protocol


class NotStabilizedError(Exception):
    """The text is ECS's reason, as CloudFormation shows it between quotes."""


class Scheduler(Protocol):
    def wait_until_stable(self, cluster: str, service: str) -> None:
        """By their names. Raises NotStabilizedError."""
