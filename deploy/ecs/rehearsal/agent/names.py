"""What a host name means in the rehearsal, and whether a task gets there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.ecs.graph.databases import Database
from deploy.ecs.graph.discovery import DiscoveryService, PrivateDnsNamespace
from deploy.ecs.rehearsal.agent.balancing import INTERNAL, Balancing
from deploy.ecs.rehearsal.agent.databases import Databases
from deploy.ecs.rehearsal.agent.reachability import Interface, Reachability, ids_of
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import RUNNING, Task

Address = tuple[str, int]


@dataclass(frozen=True)
class Destination:
    """`open` says whether packets get there; `address` where it is on this machine, or None where
    nobody answers."""

    open: Callable[[], bool]
    address: Callable[[], Address | None]
    is_http: bool = False


@dataclass
class Names:
    region: Region
    balancing: Balancing
    databases: Databases
    interface: Callable[[Task], Interface]
    tasks: Callable[[], list[Task]]
    router_port: int = 0
    _turn: int = field(default=0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def destination(self, task: Task, host: str, port: int) -> Destination | None:
        source = self.interface(task)
        return (
            self._database(source, host, port)
            or self._load_balancer(source, host, port)
            or self._service(source, host, port)
        )

    def reachability(self) -> Reachability:
        return Reachability(self.region.graph(), self.region.name)

    def _database(self, source: Interface, host: str, port: int) -> Destination | None:
        found = self.databases.at(host)
        if found is None:
            return None

        def is_open() -> bool:
            node = self.region.graph().find(found.identifier, Database)
            if node is None:
                return True
            target = Interface(ids_of(node.security_groups), ids_of(node.subnets))
            return port == found.port and self.reachability().reaches(source, target, port)

        return Destination(is_open, found.address)

    def _load_balancer(self, source: Interface, host: str, port: int) -> Destination | None:
        found = self.balancing.load_balancer(host)
        if found is None:
            return None
        target = Interface(tuple(found.security_groups), tuple(each.id for each in found.subnets))

        def is_open() -> bool:
            if found.scheme != INTERNAL:
                return self.reachability().reaches_public(source, target, port)
            return self.reachability().reaches(source, target, port)

        address = ("127.0.0.1", self.router_port)
        return Destination(is_open, lambda: address, is_http=True)

    def _service(self, source: Interface, host: str, port: int) -> Destination | None:
        """Of Cloud Map: one of its tasks after the other. The name may come to mean something
        only after the caller has started."""
        namespaces = [each.dns_name for each in self.region.graph().all(PrivateDnsNamespace)]
        if not any(name and host.endswith(f".{name}") for name in namespaces):
            return None

        def chosen() -> Task | None:
            services = self.region.graph().all(DiscoveryService)
            ids = {each.id for each in services if each.dns_name == host}
            registered = [
                each
                for each in self.tasks()
                if each.status == RUNNING
                and each.health != "UNHEALTHY"
                and ids & {arn.rpartition("/")[2] for arn in each.wish.registries}
            ]
            with self._lock:
                self._turn += 1
            return registered[self._turn % len(registered)] if registered else None

        def is_open() -> bool:
            task = chosen()
            return task is None or self.reachability().reaches(source, self.interface(task), port)

        def address() -> Address | None:
            task = chosen()
            real = task.real_ports.get(port) if task else None
            return ("127.0.0.1", real) if real else None

        return Destination(is_open, address, is_http=True)
