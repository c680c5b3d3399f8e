"""What ends a command: one cause and one cure, and an exit code that is not zero."""

from dataclasses import dataclass, field


@dataclass
class DeploymentError(Exception):
    """`cause` and `cure` are sentences; `details` are lines that prove the cause, such as the last
    of a dead task's log; `fault` is the cause's stable id where it has one."""

    cause: str
    cure: str
    details: list[str] = field(default_factory=list)
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.cause} {self.cure}"
