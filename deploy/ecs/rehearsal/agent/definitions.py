"""A task definition as the agent reads it, and what a call to RunTask changes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

AWSVPC = "awsvpc"


@dataclass(frozen=True)
class HealthCheck:
    """Of a container, in seconds."""

    command: list[str]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "HealthCheck":
        return cls(
            command=[str(word) for word in given["command"]],
            interval=int(given.get("interval", cls.interval)),
            timeout=int(given.get("timeout", cls.timeout)),
            retries=int(given.get("retries", cls.retries)),
            start_period=int(given.get("startPeriod", cls.start_period)),
        )


@dataclass(frozen=True)
class Log:
    group: str
    prefix: str
    creates_group: bool


@dataclass(frozen=True)
class Container:
    name: str
    image: str
    essential: bool
    command: list[str]
    environment: dict[str, str]
    secrets: dict[str, str]  # the variable, and where its value comes from
    ports: dict[int, int | None]  # the container's, and the host's where it is fixed
    cpu: int
    memory: int  # MiB; 0 where only the task has a limit
    reserved: int  # MiB that placement counts
    stop_timeout: int  # seconds
    health_check: HealthCheck | None
    log: Log | None

    @classmethod
    def of(cls, given: Mapping[str, Any], override: Mapping[str, Any]) -> "Container":
        pairs = (given.get("environment") or []) + (override.get("environment") or [])
        memory = int(override.get("memory") or given.get("memory") or 0)
        check = given.get("healthCheck")
        return cls(
            name=str(given["name"]),
            image=str(given["image"]),
            essential=_true(given.get("essential", True)),
            command=[str(word) for word in override.get("command") or given.get("command") or []],
            environment={str(each["name"]): str(each["value"]) for each in pairs},
            secrets={
                str(each["name"]): str(each["valueFrom"]) for each in given.get("secrets") or []
            },
            ports=dict(_ports(given.get("portMappings") or [])),
            cpu=int(override.get("cpu") or given.get("cpu") or 0),
            memory=memory,
            reserved=int(given.get("memoryReservation") or memory),
            stop_timeout=int(given.get("stopTimeout") or 30),
            health_check=HealthCheck.of(check) if check and check.get("command") else None,
            log=_log(given.get("logConfiguration") or {}),
        )


def _true(value: object) -> bool:
    return str(value).lower() == "true"


def _ports(mappings: list[dict[str, Any]]) -> Iterator[tuple[int, int | None]]:
    for each in mappings:
        yield int(each["containerPort"]), int(each.get("hostPort") or 0) or None


def _log(given: Mapping[str, Any]) -> Log | None:
    if given.get("logDriver") != "awslogs":
        return None
    options = given.get("options") or {}
    return Log(
        group=str(options.get("awslogs-group", "")),
        prefix=str(options.get("awslogs-stream-prefix", "")),
        creates_group=_true(options.get("awslogs-create-group", False)),
    )


@dataclass(frozen=True)
class Definition:
    """`model` is moto's."""

    model: Any
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return str(self.model.arn)

    @property
    def family(self) -> str:
        return str(self.model.family)

    @property
    def mode(self) -> str:
        return str(self.model.network_mode or "bridge")

    @property
    def execution_role(self) -> str:
        return self._role("executionRoleArn", "execution_role_arn")

    @property
    def task_role(self) -> str:
        return self._role("taskRoleArn", "task_role_arn")

    def _role(self, overridden: str, own: str) -> str:
        """Its name: AWS takes a name or an ARN."""
        given = self.overrides.get(overridden) or getattr(self.model, own, None) or ""
        return str(given).rpartition("/")[2]

    @cached_property
    def containers(self) -> list[Container]:
        overrides = {each["name"]: each for each in self.overrides.get("containerOverrides") or []}
        return [
            Container.of(each, overrides.get(each["name"], {}))
            for each in self.model.container_definitions
        ]

    @property
    def cpu(self) -> int:
        own = self.overrides.get("cpu") or self.model.cpu
        return int(own) if own else sum(each.cpu for each in self.containers)

    @property
    def memory(self) -> int:
        """MiB that placement counts."""
        own = self.overrides.get("memory") or self.model.memory
        return int(own) if own else sum(each.reserved for each in self.containers)

    def host_ports(self) -> set[int]:
        """That a task takes of its instance, whichever one it is."""
        if self.mode == AWSVPC:
            return set()
        if self.mode == "host":
            return {port for each in self.containers for port in each.ports}
        return {host for each in self.containers for host in each.ports.values() if host}
