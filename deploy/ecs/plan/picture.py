"""What results from a deployment, in a few lines, as the resource graph has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.ecs.evaluator import Stack
from deploy.ecs.graph import (
    Database,
    End,
    Graph,
    LoadBalancer,
    Machine,
    Service,
    Subnet,
    TaskDefinition,
    VpcEndpoint,
    admitted,
    connects,
)

EPHEMERAL = 32768  # of the ports that Docker chooses from, with bridge
ENGINES = {"postgres": "PostgreSQL", "docdb": "DocumentDB"}
WORLD = End.of((), "0.0.0.0/0")
WAYS = {"nat gateway": "through a NAT gateway", "internet gateway": "by public addresses"}


@dataclass
class Picture:
    stacks: Sequence[Stack]

    def __post_init__(self) -> None:
        self.graph = Graph.of(self.stacks)
        self.services = {str(each.service_name): each for each in self.graph.all(Service)}

    def lines(self) -> list[str]:
        return [*self.tasks(), *self.reached(), *self.ways()]

    def tasks(self) -> Iterator[str]:
        for name, service in self.services.items():
            definition = definition_of(service)
            if definition is None:
                continue
            count, most = service.desired_count, service.scaling and service.scaling.maximum
            number = f"{count} to {most}" if most and most != count else str(count)
            plural = "" if number == "1" else "s"
            yield (
                f"{name}: {number} task{plural} with {definition.needed_cpu} CPU units and "
                f"{definition.needed_memory} MiB, {place(service)}"
            )

    def reached(self) -> Iterator[str]:
        """What the security groups of both ends let through."""
        for balancer in self.graph.all(LoadBalancer):
            yield from self.behind(balancer)
        for name, service in self.services.items():
            found = [*self.databases(service), *self.peers(service)]
            if found:
                yield f"{name} → {', '.join(found)}"

    def behind(self, balancer: LoadBalancer) -> Iterator[str]:
        end = End(balancer.security_groups)
        ports = [
            each.port
            for each in balancer.listeners
            if each.port and (balancer.scheme == "internal" or is_open(end, each.port))
        ]
        names = [
            name
            for name, service in self.services.items()
            if (port := port_of(service)) and reaches(end, end_of(service), port)
        ]
        if ports and names:
            who = "services" if balancer.scheme == "internal" else "internet"
            kind = "internal load balancer" if balancer.scheme == "internal" else "load balancer"
            yield f"{who} → {kind} ({', '.join(map(str, ports))}) → {', '.join(names)}"

    def databases(self, service: Service) -> Iterator[str]:
        for each in self.graph.all(Database):
            is_whole = each.is_cluster or each.cluster is None
            if (
                is_whole
                and each.port
                and reaches(end_of(service), End(each.security_groups), each.port)
            ):
                yield f"{ENGINES.get(each.engine or '', each.engine)} ({each.port})"

    def peers(self, service: Service) -> Iterator[str]:
        """Through a load balancer it is that one's to say."""
        if not service.security_groups:
            return
        for name, other in self.services.items():
            port = port_of(other)
            if other is not service and port and reaches(end_of(service), end_of(other), port):
                yield f"{name} ({port})"

    def ways(self) -> Iterator[str]:
        subnets = {id(each): each for service in self.services.values() for each in at(service)}
        answers = [each.internet for each in subnets.values()]
        kinds = {each.because[-1].kind for each in answers if each.truth and each.because}
        for kind in sorted(map(str, kinds)):
            yield f"tasks → internet {WAYS.get(kind, kind)}"
        if answers and all(each.truth is False for each in answers):
            yield "tasks → internet: no way"
        if services := sorted({each.service or "?" for each in self.graph.all(VpcEndpoint)}):
            yield f"network → {', '.join(services)} through endpoints"


def definition_of(service: Service) -> TaskDefinition | None:
    return service.task_definition.node if service.task_definition else None


def place(service: Service) -> str:
    if service.launch == "fargate":
        return "on Fargate"
    groups = service.instance_groups
    if not groups:
        return "on instances that are not known"
    kinds = [str(each) for each in groups[0].instance_types]
    return f"on {groups[0].minimum} to {groups[0].maximum} instances {', '.join(kinds)}"


def machine(service: Service) -> Machine | None:
    groups = service.instance_groups
    return groups[0].machine if groups else None


def end_of(service: Service) -> End:
    """Without awsvpc a task is reached as its instance is."""
    if service.security_groups:
        return End(service.security_groups)
    found = machine(service)
    return End(found.security_groups) if found else End.of(())


def port_of(service: Service) -> int | None:
    definition = definition_of(service)
    port = next((each.container_port for each in service.load_balancers), None)
    if definition and definition.network_mode == "bridge":
        return EPHEMERAL
    return port


def at(service: Service) -> list[Subnet]:
    groups = service.instance_groups
    links = service.subnets or (groups[0].subnets if groups else ())
    return [each.node for each in links if each.node]


def reaches(source: End, target: End, port: int) -> bool:
    """Where ports are outputs of a database that is to be made, the rules alone have to tell."""
    return connects(source, target, "tcp", port).truth is not False


def is_open(target: End, port: int) -> bool:
    return admitted("in", target.groups, "tcp", port, WORLD).truth is not False
