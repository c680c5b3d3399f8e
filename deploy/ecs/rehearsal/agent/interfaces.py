"""Where a task is in the network: by an interface of its own, or by that of its instance."""

import ipaddress
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from moto.ec2.models import ec2_backends

from deploy.ecs.rehearsal.agent.definitions import AWSVPC
from deploy.ecs.rehearsal.agent.machines import Machine
from deploy.ecs.rehearsal.agent.permissions import Session
from deploy.ecs.rehearsal.agent.reachability import Interface
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import Task

FIRST_DYNAMIC = 32768  # of the ports that Docker chooses
FIRST_FREE = 100  # address of a subnet, behind those that AWS and moto take


@dataclass
class Interfaces:
    region: Region
    machine: Callable[[str], Machine | None]  # by the id of an EC2 instance
    dynamic: "itertools.count[int]" = field(default_factory=lambda: itertools.count(FIRST_DYNAMIC))
    addresses: dict[str, int] = field(default_factory=dict)

    def attach(self, task: Task) -> None:
        """Gives the task its address and its host's ports."""
        if task.wish.definition.mode == AWSVPC:
            self._attach_own(task)
            task.host_ports = {
                port: port for each in task.containers for port in each.container.ports
            }
            return
        machine = self.machine(task.instance.ec2_id) if task.instance else None
        task.address = machine.interface.address if machine else ""
        for each in task.containers:
            for port, host in each.container.ports.items():
                is_host = task.wish.definition.mode == "host"
                task.host_ports[port] = port if is_host else host or next(self.dynamic)

    def _attach_own(self, task: Task) -> None:
        subnets = task.wish.subnets
        # On an instance it is in that one's zone; on Fargate each task in the next.
        if task.instance:
            subnets = self._in_zone(subnets, task.instance.zone) or subnets
        turn = sum(self.addresses.values())
        task.subnet = subnets[turn % len(subnets)]
        number = self.addresses[task.subnet] = self.addresses.get(task.subnet, 0) + 1
        backend = ec2_backends[self.region.account][self.region.name]
        block = ipaddress.ip_network(backend.get_subnet(task.subnet).cidr_block)
        task.address = str(block[(FIRST_FREE + number) % block.num_addresses])
        found = backend.create_network_interface(
            task.subnet, task.address, group_ids=task.wish.security_groups
        )
        task.interface = found.id
        task.public_address = task.wish.on_fargate and task.wish.wants_public_address

    def _in_zone(self, subnets: list[str], zone: str) -> list[str]:
        backend = ec2_backends[self.region.account][self.region.name]
        return [each for each in subnets if backend.get_subnet(each).availability_zone == zone]

    def detach(self, task: Task) -> None:
        if task.interface:
            backend = ec2_backends[self.region.account][self.region.name]
            if task.interface in backend.enis:
                backend.delete_network_interface(task.interface)

    def own(self, task: Task) -> Interface:
        if task.interface:
            return Interface(
                tuple(task.wish.security_groups),
                (task.subnet,),
                task.address,
                task.public_address,
            )
        return self.host(task)

    def host(self, task: Task) -> Interface:
        machine = self.machine(task.instance.ec2_id) if task.instance else None
        if machine is None:
            return Interface(
                tuple(task.wish.security_groups),
                (task.subnet,),
                task.address,
                task.public_address,
            )
        return machine.interface

    def instance_session(self, task: Task) -> Session | None:
        """As the instance, for what no execution role is named for."""
        machine = self.machine(task.instance.ec2_id) if task.instance else None
        if machine is None or not machine.role:
            return None
        return Session(self.region.graph(), self.region.account, machine.role, machine.ec2_id)

    def metadata_session(self, task: Task) -> Session | None:
        """A task without a role gets the instance's on the host's network, where the way to the
        metadata is short enough."""
        return self.instance_session(task) if task.wish.definition.mode == "host" else None
