"""Task definitions and their containers.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.images import Image
from deploy.ecs.graph.parts import Link, Listing, Node, Part
from deploy.ecs.graph.roles import Role
from deploy.ecs.graph.secret_references import SecretReference
from deploy.ecs.graph.storage import LogGroup

WITH_OWN_ADDRESS = ("awsvpc", "host")  # where a container's port is the host's


class TaskDefinition(Node):
    TYPES = ("AWS::ECS::TaskDefinition",)

    @property
    def family(self) -> str | None:
        return self.text("Family")

    @property
    def network_mode(self) -> str | None:
        return self.text("NetworkMode", default="bridge")

    @property
    def compatibilities(self) -> Listing[Value]:
        return self.values("RequiresCompatibilities")

    @property
    def cpu(self) -> int | None:
        """Units of 1/1024 of a processor, of the whole task."""
        return _units(self.text("Cpu"), "vcpu")

    @property
    def memory(self) -> int | None:
        """MiB, of the whole task."""
        return _units(self.text("Memory"), "gb")

    @property
    def needed_cpu(self) -> int | None:
        """Units that placement keeps for it."""
        if self.given("Cpu") is not False:
            return self.cpu
        return self._sum([each.cpu for each in self.containers])

    @property
    def needed_memory(self) -> int | None:
        """MiB that placement keeps for it: what is reserved before what is the limit."""
        if self.given("Memory") is not False:
            return self.memory
        return self._sum([each.needed_memory for each in self.containers])

    def _sum(self, found: list[int | None]) -> int | None:
        known = [each for each in found if each is not None]
        is_known = self.containers.complete and len(known) == len(found)
        is_certain = all(each.exists is self.exists for each in self.containers)
        return sum(known) if is_known and is_certain else None

    @property
    def execution_role(self) -> Link[Role] | None:
        return self.link(Role, "ExecutionRoleArn")

    @property
    def task_role(self) -> Link[Role] | None:
        return self.link(Role, "TaskRoleArn")

    @cached_property
    def containers(self) -> Listing["Container"]:
        return self.parts(Container, "ContainerDefinitions")

    def container(self, name: str) -> "Container | None":
        return next((each for each in self.containers if each.container_name == name), None)

    @property
    def architecture(self) -> str | None:
        return self.text("RuntimePlatform", "CpuArchitecture", default="X86_64")

    @property
    def operating_system(self) -> str | None:
        return self.text("RuntimePlatform", "OperatingSystemFamily", default="LINUX")


class Container(Part):
    @property
    def container_name(self) -> str | None:
        return self.text("Name")

    @property
    def image(self) -> Image | None:
        written = self.value("Image")
        return None if written is None else Image(self.graph, written)

    @property
    def cpu(self) -> int | None:
        return self.number("Cpu", default=0)

    @property
    def memory(self) -> int | None:
        """MiB; the limit."""
        return self.number("Memory")

    @property
    def memory_reservation(self) -> int | None:
        return self.number("MemoryReservation")

    @property
    def needed_memory(self) -> int | None:
        is_reserved = self.given("MemoryReservation")
        if is_reserved is False:
            return self.memory
        return self.memory_reservation if is_reserved else None

    @property
    def is_essential(self) -> bool | None:
        return self.flag("Essential", default=True)

    @cached_property
    def ports(self) -> Listing["PortMapping"]:
        return self.parts(PortMapping, "PortMappings")

    @cached_property
    def environment(self) -> dict[str, Value]:
        """What is certainly there."""
        parts = self.parts(Part, "Environment")
        named = {each.text("Name"): each.value("Value") for each in parts if self._is_certain(each)}
        return {name: value for name, value in named.items() if name is not None}

    @property
    def environment_complete(self) -> bool:
        parts = self.parts(Part, "Environment")
        known = all(self._is_certain(each) and each.text("Name") is not None for each in parts)
        return parts.complete and known and self.given("EnvironmentFiles") is False

    def _is_certain(self, part: Part) -> bool:
        return part.exists is self.exists

    @cached_property
    def secrets(self) -> Listing[SecretReference]:
        return self.parts(SecretReference, "Secrets")

    @property
    def command(self) -> Listing[Value]:
        return self.values("Command")

    @property
    def entry_point(self) -> Listing[Value]:
        return self.values("EntryPoint")

    @property
    def log(self) -> "LogConfiguration | None":
        return self.part(LogConfiguration, "LogConfiguration")

    @property
    def health_check(self) -> "ContainerHealthCheck | None":
        return self.part(ContainerHealthCheck, "HealthCheck")

    @property
    def stop_timeout(self) -> int | None:
        """Seconds."""
        return self.number("StopTimeout", default=30)

    @property
    def is_read_only(self) -> bool | None:
        return self.flag("ReadonlyRootFilesystem", default=False)

    @property
    def has_init_process(self) -> bool | None:
        return self.flag("LinuxParameters", "InitProcessEnabled", default=False)


class PortMapping(Part):
    @property
    def container_port(self) -> int | None:
        return self.number("ContainerPort")

    @property
    def host_port(self) -> int | None:
        """0 where Docker chooses one."""
        mode = _network_mode(self)
        if mode in WITH_OWN_ADDRESS and not self.number("HostPort", default=0):
            return self.container_port if self.given("HostPort") is not None else None
        found = self.number("HostPort", default=0)
        return found or (0 if found == 0 and mode == "bridge" else None)

    @property
    def protocol(self) -> str | None:
        return self.text("Protocol", default="tcp")


def _network_mode(part: Part) -> str | None:
    """The network mode of the task definition that it is a part of."""
    node = part.graph.node(part.resource.stack, part.resource.logical_id)
    return node.network_mode if isinstance(node, TaskDefinition) else None


class LogConfiguration(Part):
    @property
    def driver(self) -> str | None:
        return self.text("LogDriver")

    @property
    def options(self) -> dict[str, Value]:
        found = self.value("Options")
        return dict(found) if isinstance(found, dict) else {}

    @property
    def group(self) -> Link[LogGroup] | None:
        return self.link(LogGroup, "Options", "awslogs-group")

    @property
    def region(self) -> Value:
        return self.value("Options", "awslogs-region")

    @property
    def stream_prefix(self) -> Value:
        return self.value("Options", "awslogs-stream-prefix")

    @property
    def creates_group(self) -> bool | None:
        return self.flag("Options", "awslogs-create-group", default=False)

    @property
    def is_non_blocking(self) -> bool | None:
        """Since 25 June 2025 that is what ECS does unless told otherwise, here or by the account's
        setting."""
        found = self.text("Options", "mode")
        return None if found is None else found == "non-blocking"


class ContainerHealthCheck(Part):
    """All times are seconds."""

    @property
    def command(self) -> Listing[Value]:
        return self.values("Command")

    @property
    def interval(self) -> int | None:
        return self.number("Interval", default=30)

    @property
    def timeout(self) -> int | None:
        return self.number("Timeout", default=5)

    @property
    def retries(self) -> int | None:
        return self.number("Retries", default=3)

    @property
    def start_period(self) -> int | None:
        return self.number("StartPeriod", default=0)


def _units(written: str | None, unit: str) -> int | None:
    """1024 for "1024", and for "1 vCPU" and "1GB"."""
    if written is None:
        return None
    compact = written.replace(" ", "").lower()
    factor = 1024 if compact.endswith(unit) else 1
    try:
        found = float(compact.removesuffix(unit)) * factor
        return int(found)
    except (ValueError, OverflowError):
        return None
