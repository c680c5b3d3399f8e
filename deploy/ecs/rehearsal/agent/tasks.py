"""What is known of a task and its containers, and how DescribeTasks shows it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deploy.ecs.rehearsal.agent.definitions import AWSVPC, Container, Definition
from deploy.ecs.rehearsal.agent.placement import Demand, Instance
from deploy.ecs.rehearsal.agent.region import Region, new_id

FARGATE = "FARGATE"
SPOT = "FARGATE_SPOT"
# In their order. A task that is no longer wanted goes through the later ones.
PROVISIONING, PENDING, ACTIVATING, RUNNING = "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"
DEACTIVATING, STOPPING, STOPPED = "DEACTIVATING", "STOPPING", "STOPPED"


@dataclass
class Running:
    """One container of a task."""

    container: Container
    status: str = PENDING
    exit_code: int | None = None
    reason: str = ""
    health: str = "UNKNOWN"
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Feed:
    """What a load balancer sends to a task."""

    container: str
    port: int
    group: str  # the ARN of the target group


def _to_nobody(event: str) -> None:
    """A task that no service has."""


@dataclass(frozen=True)
class Wish:
    """To have a task, by RunTask, a service or a schedule."""

    cluster: str
    definition: Definition
    group: str  # service:NAME or family:NAME
    started_by: str = ""
    launch_type: str = ""
    provider: str = ""
    network: Mapping[str, Any] = field(default_factory=dict)  # the awsvpcConfiguration
    strategy: tuple[Mapping[str, Any], ...] = ()  # of placement
    tags: tuple[Mapping[str, str], ...] = ()
    can_exec: bool = False
    feeds: tuple[Feed, ...] = ()
    registries: tuple[str, ...] = ()  # ARNs of Cloud Map's services
    announce: Callable[[str], None] = _to_nobody  # the service's events

    @property
    def on_fargate(self) -> bool:
        return FARGATE in {self.launch_type, self.provider} or self.provider == SPOT

    @property
    def demand(self) -> Demand:
        return Demand(
            self.definition.cpu,
            self.definition.memory,
            frozenset(self.definition.host_ports()),
            int(self.definition.mode == AWSVPC),
        )

    @property
    def subnets(self) -> list[str]:
        return [str(each) for each in self.network.get("subnets") or []]

    @property
    def security_groups(self) -> list[str]:
        return [str(each) for each in self.network.get("securityGroups") or []]

    @property
    def wants_public_address(self) -> bool:
        return self.network.get("assignPublicIp") == "ENABLED"


@dataclass
class Task:
    region: Region
    wish: Wish
    id: str = field(default_factory=new_id)
    status: str = PROVISIONING
    desired: str = RUNNING
    instance: Instance | None = None
    subnet: str = ""
    address: str = ""  # its own with awsvpc, else the instance's
    interface: str = ""
    public_address: bool = False
    # By the container's port: the host's, and the one of this machine that stands for it.
    host_ports: dict[int, int] = field(default_factory=dict)
    real_ports: dict[int, int] = field(default_factory=dict)
    stop_code: str = ""
    stopped_reason: str = ""
    targets_failed: bool = False
    was_healthy: bool = False  # since when a failure is not the deployment's
    times: dict[str, datetime] = field(default_factory=dict)
    stop_wanted: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.containers = [Running(each) for each in self.wish.definition.containers]
        self.times["createdAt"] = self.region.now()

    @property
    def arn(self) -> str:
        return self.region.arn("ecs", f"task/{self.wish.cluster}/{self.id}")

    @property
    def name(self) -> str:
        """For logs and people."""
        return self.id[:8]

    @property
    def is_alive(self) -> bool:
        return self.desired == RUNNING and self.status != STOPPED

    @property
    def health(self) -> str:
        checked = [each.health for each in self.containers if each.container.health_check]
        if not checked:
            return "UNKNOWN"
        order = ("UNHEALTHY", "UNKNOWN", "HEALTHY")
        return next(each for each in order if each in checked)

    def tell(self, text: str) -> None:
        self.region.timeline.add(f"task {self.name}", text)

    def change(self, status: str) -> None:
        self.status = status
        moment = {
            PENDING: "pullStartedAt",
            RUNNING: "startedAt",
            STOPPING: "stoppingAt",
            STOPPED: "stoppedAt",
        }.get(status)
        if moment:
            self.times[moment] = self.region.now()
        if status == STOPPED:
            self.desired = STOPPED
            self.ended.set()
        self.tell(f"{status}{f': {self.stopped_reason}' if status == STOPPED else ''}")

    def stop(self, code: str, reason: str) -> None:
        """Asks for it; the first reason counts."""
        with self.region.lock:
            if self.desired == STOPPED:
                return
            self.desired = STOPPED
            self.stop_code, self.stopped_reason = code, reason
            self.stop_wanted.set()

    def describe(self) -> dict[str, Any]:
        wish = self.wish
        described: dict[str, Any] = {
            "taskArn": self.arn,
            "clusterArn": self.region.arn("ecs", f"cluster/{wish.cluster}"),
            "taskDefinitionArn": wish.definition.arn,
            "group": wish.group,
            "startedBy": wish.started_by or None,
            "lastStatus": self.status,
            "desiredStatus": self.desired,
            "healthStatus": self.health,
            "launchType": FARGATE if wish.on_fargate else "EC2",
            "capacityProviderName": wish.provider or None,
            "platformVersion": "1.4.0" if wish.on_fargate else None,
            "availabilityZone": self.instance.zone if self.instance else None,
            "containerInstanceArn": self.instance_arn,
            "cpu": str(wish.definition.cpu),
            "memory": str(wish.definition.memory),
            "enableExecuteCommand": wish.can_exec,
            "connectivity": "CONNECTED",
            "overrides": dict(wish.definition.overrides) or {"containerOverrides": []},
            "containers": [self._container(each) for each in self.containers],
            "attachments": self._attachments(),
            "tags": [dict(each) for each in wish.tags],
            "stopCode": self.stop_code or None,
            "stoppedReason": self.stopped_reason or None,
            "version": 1,
            **self.times,
        }
        return {key: value for key, value in described.items() if value is not None}

    @property
    def instance_arn(self) -> str | None:
        if self.instance is None:
            return None
        path = f"container-instance/{self.wish.cluster}/{self.instance.id}"
        return self.region.arn("ecs", path)

    def _container(self, each: Running) -> dict[str, Any]:
        bindings = [
            {
                "bindIP": "0.0.0.0",  # noqa: S104  (as Docker binds)
                "containerPort": port,
                "hostPort": self.host_ports[port],
                "protocol": "tcp",
            }
            for port in each.container.ports
            if port in self.host_ports and self.wish.definition.mode != AWSVPC
        ]
        interfaces = []
        if self.interface:
            interfaces = [{"attachmentId": self.id, "privateIpv4Address": self.address}]
        described: dict[str, Any] = {
            "containerArn": self.region.arn(
                "ecs", f"container/{self.wish.cluster}/{self.id}/{each.id}"
            ),
            "taskArn": self.arn,
            "name": each.container.name,
            "image": each.container.image,
            "runtimeId": f"{self.id}-{each.id[:10]}",
            "lastStatus": each.status,
            "exitCode": each.exit_code,
            "reason": each.reason or None,
            "healthStatus": each.health,
            "networkBindings": bindings,
            "networkInterfaces": interfaces,
            "cpu": str(each.container.cpu),
            "memory": str(each.container.memory) if each.container.memory else None,
        }
        return {key: value for key, value in described.items() if value is not None}

    def _attachments(self) -> list[dict[str, Any]]:
        if not self.interface:
            return []
        details = {
            "subnetId": self.subnet,
            "networkInterfaceId": self.interface,
            "privateIPv4Address": self.address,
        }
        return [
            {
                "id": self.id,
                "type": "ElasticNetworkInterface",
                "status": "DELETED" if self.status == STOPPED else "ATTACHED",
                "details": [{"name": name, "value": value} for name, value in details.items()],
            }
        ]
