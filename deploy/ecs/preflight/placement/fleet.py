"""All services of a deployment on all instances of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from deploy.ecs.graph import (
    AutoScalingGroup,
    Graph,
    Listing,
    Schedule,
    Service,
    StrategyItem,
    TaskDefinition,
    instances_of,
)
from deploy.ecs.graph.instances import Ec2Instance
from deploy.ecs.preflight.placement.needs import needs_of
from deploy.ecs.preflight.placement.packing import Batch, Dimension, Host, Needs, Port, fits
from deploy.ecs.preflight.placement.sources import Source
from deploy.ecs.preflight.workloads import named

SINGLY = ("memory", "cpu", "interfaces", "ports")
Asker = Service | Schedule | TaskDefinition
RoomOf = dict[Dimension, float]


@dataclass(frozen=True, eq=False)
class Tasks:
    """Equal ones, of who asks for them, and where they may be placed."""

    of: Asker
    definition: TaskDefinition
    sources: tuple[Source, ...]
    count: int | None
    needs: Needs

    @property
    def name(self) -> str:
        return named(self.of)

    @property
    def is_counted(self) -> bool:
        """Whether it is known how many there are, on how many instances, and these are some."""
        counts = [each.count for each in self.sources]
        return self.count is not None and None not in counts and any(counts)

    @property
    def ports(self) -> tuple[Port, ...]:
        return tuple(each for each in self.needs if not isinstance(each, str))

    def neighbours(self, others: Sequence["Tasks"]) -> list["Tasks"]:
        """Those that may be on the same instances."""
        return [each for each in others if set(each.sources) & set(self.sources)]

    def more(self, count: int) -> "Tasks":
        return replace(self, count=(self.count or 0) + count)


class Fleet:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.kinds: dict[AutoScalingGroup | Ec2Instance, int] = {}
        self._sources: dict[AutoScalingGroup | Ec2Instance, Source] = {}

    @cached_property
    def services(self) -> tuple[Tasks, ...]:
        """On instances that are all known."""
        found = (self._of(each) for each in self.graph.all(Service) if each.launch == "ec2")
        return tuple(each for each in found if each is not None)

    @cached_property
    def used(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys(source for each in self.services for source in each.sources))

    @cached_property
    def daemons(self) -> tuple[Tasks, ...]:
        return tuple(each for each in self.services if _is_daemon(each.of))

    @cached_property
    def replicas(self) -> tuple[Tasks, ...]:
        return tuple(each for each in self.services if not _is_daemon(each.of))

    def _of(self, service: Service) -> Tasks | None:
        definition = service.task_definition.node if service.task_definition else None
        places = places_of(service)
        if definition is None or service.exists is not True or not (places and places.complete):
            return None
        needs = needs_of(definition)
        return Tasks(service, definition, self.sources(places), count_of(service), needs)

    def sources(self, places: Iterable[AutoScalingGroup | Ec2Instance]) -> tuple[Source, ...]:
        return tuple(self._sources.setdefault(each, Source(each)) for each in places)

    def refused(
        self, tasks: Iterable[Tasks], room: Callable[[Source], RoomOf] = Source.room
    ) -> tuple[str, ...]:
        """The dimensions that are too small for them, each by itself; where it is only all
        together, memory."""
        counted = [each for each in tasks if each.is_counted]
        hosts = self._hosts({source for each in counted for source in each.sources}, room)
        batches = [self._batch(each) for each in counted]
        if fits(batches, hosts):
            return ()
        found = [each for each in SINGLY if not fits(_only(batches, each), hosts)]
        if not fits(_only(batches, *_ports(batches)), hosts):
            found.append("port")
        return tuple(found) or ("memory",)

    def refused_singly(self, tasks: Tasks) -> tuple[str, ...]:
        """The same of one task on an instance that is empty."""
        hosts = [Host(self._kind(each), each.room()) for each in tasks.sources]
        batch = replace(self._batch(tasks), count=1)
        found = [each for each in SINGLY if not fits(_only([batch], each), hosts)]
        return tuple(found) if found or fits([batch], hosts) else ("memory",)

    def _hosts(self, found: set[Source], room: Callable[[Source], RoomOf]) -> list[Host]:
        hosts = []
        for source in sorted(found, key=self._kind):
            left = room(source)
            for daemon in self.daemons:
                if source in daemon.sources:
                    _occupy(left, daemon.needs)
            hosts.append(Host(self._kind(source), left, source.count or 0))
        return hosts

    def _batch(self, tasks: Tasks) -> Batch:
        kinds = frozenset(self._kind(each) for each in tasks.sources)
        return Batch(tasks.needs, tasks.count or 0, kinds)

    def _kind(self, source: Source) -> int:
        return self.kinds.setdefault(source.node, len(self.kinds))


def _is_daemon(asker: Asker) -> bool:
    return isinstance(asker, Service) and asker.scheduling == "DAEMON"


def _only(batches: Iterable[Batch], *dimensions: Dimension) -> list[Batch]:
    return [
        replace(each, needs={name: each.needs[name] for name in dimensions if name in each.needs})
        for each in batches
    ]


def _ports(batches: Iterable[Batch]) -> set[Dimension]:
    return {name for each in batches for name in each.needs if not isinstance(name, str)}


def _occupy(room: RoomOf, needs: Needs) -> None:
    for dimension, need in needs.items():
        room[dimension] = room.get(dimension, 1) - need


def places_of(asker: Service | Schedule) -> Listing[AutoScalingGroup | Ec2Instance]:
    """By its providers, or by a launch type all that joins the cluster."""
    if len(asker.strategy):
        found = list(_groups(asker.strategy))
        known = dict.fromkeys(each for each in found if each is not None)
        return Listing(tuple(known), asker.strategy.complete and None not in found)
    cluster = asker.cluster.node if asker.cluster else None
    return instances_of(cluster) if cluster else Listing((), False)


def _groups(strategy: Iterable[StrategyItem]) -> Iterator[AutoScalingGroup | None]:
    for item in strategy:
        provider = item.provider.node if item.provider else None
        yield provider.group.node if provider and provider.group else None


def count_of(service: Service) -> int | None:
    """When it has started; its scaling does not go below its own minimum."""
    desired = service.desired_count
    scaling = service.scaling
    least = scaling.minimum if scaling and scaling.exists else None
    return desired if least is None or desired is None else max(desired, least)
