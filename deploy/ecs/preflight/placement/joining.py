"""Whether instances join the cluster whose services wait for them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_container_instance.html
"""

from collections.abc import Iterator, Sequence

from deploy.ecs.evaluator.symbols import Parameter, Value
from deploy.ecs.graph import AutoScalingGroup, Cluster, Graph, Listing, Machine, Service
from deploy.ecs.graph.capacity import Fleet as OtherInstances
from deploy.ecs.graph.capacity import joins
from deploy.ecs.graph.instances import Ec2Instance
from deploy.ecs.preflight.finding import Finding, Tell, error, warning
from deploy.ecs.preflight.placement.fleet import Fleet, count_of, places_of
from deploy.ecs.preflight.placement.sources import Source
from deploy.ecs.preflight.placement.words import no_instances, number_of

Place = AutoScalingGroup | Ec2Instance
POLICY = "AmazonEC2ContainerServiceforEC2Role"


def joining(graph: Graph) -> Iterator[Finding]:
    fleet = Fleet(graph)
    for service in graph.all(Service):
        cluster = service.cluster.node if service.cluster else None
        is_asked = service.exists is True and count_of(service) != 0
        if cluster is None or service.launch != "ec2" or not is_asked:
            continue
        places = places_of(service)
        yield from _wrong(service, cluster, places)
        if places.complete and places:
            yield from _empty(service, fleet.sources(places))
        if places.complete and not places:
            yield from _nowhere(service, cluster)


def _wrong(service: Service, cluster: Cluster, places: Listing[Place]) -> Iterator[Finding]:
    for place in places:
        machine = place.machine
        if machine is None:
            continue
        if joins(machine, cluster) is False:
            yield _elsewhere(service, cluster, place, machine)
        elif machine.given("IamInstanceProfile") is False:
            yield _without_profile(service, place, machine)


def _elsewhere(service: Service, cluster: Cluster, place: Place, machine: Machine) -> Finding:
    name = place.resource.logical_id
    named = machine.setting("ECS_CLUSTER")
    value = machine.agent["ECS_CLUSTER"] if named else "default"
    node = cluster.graph.find(value, Cluster)
    told = node.resource.logical_id if node else value
    says = f"say ECS_CLUSTER={told}" if named else "do not set ECS_CLUSTER"
    # Nobody knows what is in an image of one's own, perhaps the agent's settings.
    tell: Tell = error if named or is_of_ecs(machine.image) else warning
    return tell(
        "P11",
        machine,
        "UserData",
        why=(
            f"The service {service.resource.logical_id} waits for instances of {name} in the "
            f"cluster {cluster.resource.logical_id}.",
            f"Their user data {says}, so that they join the cluster {told}.",
        ),
        message=no_instances(service),
        cure=f"Write ECS_CLUSTER=${{{cluster.resource.logical_id}}} to /etc/ecs/ecs.config in "
        f"UserData of {machine.resource.logical_id}.",
    )


def _without_profile(service: Service, place: Place, machine: Machine) -> Finding:
    return error(
        "P11",
        machine,
        "IamInstanceProfile",
        why=(
            f"The service {service.resource.logical_id} waits for instances of "
            f"{place.resource.logical_id}.",
            "They have no instance profile, without whose role the agent may not register them.",
        ),
        message=no_instances(service),
        cure=f"Add IamInstanceProfile to {machine.resource.logical_id}, with a role that has "
        f"{POLICY}.",
    )


def _empty(service: Service, sources: Sequence[Source]) -> Iterator[Finding]:
    if any(each.count != 0 for each in sources):
        return
    for source in sources:
        name = "MaxSize" if source.node.number("MaxSize") == 0 else "DesiredCapacity"
        yield error(
            "P11",
            source.node,
            name,
            why=(
                f"The service {service.resource.logical_id} waits for instances of {source.name}.",
                number_of(source),
            ),
            message=no_instances(service),
            cure=f"Raise {name} of {source.name}, or let a capacity provider with managed scaling "
            "start instances.",
        )


def _nowhere(service: Service, cluster: Cluster) -> Iterator[Finding]:
    """By its launch type it may be on whatever joins the cluster, and nothing does."""
    graph = service.graph
    places: tuple[Place, ...] = (*graph.all(AutoScalingGroup), *graph.all(Ec2Instance))
    clusters = {each.cluster.node for each in graph.all(Service) if each.cluster} - {cluster, None}
    free = [each for each in places if not any(joins(each.machine, one) for one in clusters if one)]
    for place in free:
        if place.machine is not None and looks_like_ecs(place.machine):
            yield _elsewhere(service, cluster, place, place.machine)
    is_alone = service.resource.stack == cluster.resource.stack and not places
    if is_alone and not graph.all(OtherInstances):
        yield _no_group(service, cluster)


def _no_group(service: Service, cluster: Cluster) -> Finding:
    definition = service.task_definition.node if service.task_definition else None
    is_for_fargate = definition is not None and list(definition.compatibilities) == ["FARGATE"]
    tell: Tell = error if is_for_fargate else warning
    is_written = service.given("LaunchType")
    return tell(
        "P11",
        service,
        "LaunchType",
        why=(
            f"The service {service.resource.logical_id} "
            + ("has" if is_written else "names neither provider nor launch type, which means")
            + " the launch type EC2.",
            f"Nothing here starts instances for {cluster.resource.logical_id}.",
        ),
        message=no_instances(service),
        cure="Set LaunchType: FARGATE, or add an AWS::AutoScaling::AutoScalingGroup whose "
        "instances join the cluster.",
    )


def looks_like_ecs(machine: Machine) -> bool:
    role = machine.role
    policies = [each.value for each in role.managed_policies] if role else []
    is_agent = any(isinstance(each, str) and POLICY in each for each in policies)
    is_agent = is_agent or bool(role and role.about("ecs:RegisterContainerInstance"))
    return is_agent or machine.mentions_ecs or is_of_ecs(machine.image)


def is_of_ecs(image: Value) -> bool:
    """Whether it is an image of ECS's own, by the public parameter that names it."""
    named = image.stored_at if isinstance(image, Parameter) else image
    return "/aws/service/ecs/" in (named if isinstance(named, str) else repr(named))
