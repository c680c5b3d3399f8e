"""Whether instances join the cluster that is to run tasks on them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_container_instance.html
"""

import re
from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Parameter, Value
from deploy.ecs.graph import AutoScalingGroup, Cluster, Graph, Machine, instance_type
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.placement.messages import NONE_JOINED
from deploy.ecs.preflight.placement.pools import most_instances
from deploy.ecs.preflight.workloads import workloads

# Bottlerocket's settings, Windows' command, and what cfn-init writes elsewhere.
OTHERWISE = re.compile(r"settings\.ecs|Initialize-ECSAgent|cfn-init|aws s3 cp")


def used_groups(graph: Graph) -> Iterator[tuple[AutoScalingGroup, list[Cluster]]]:
    """Those that are capacity of ECS, with the clusters that count on them."""
    for group in graph.all(AutoScalingGroup):
        clusters = [
            cluster
            for cluster in graph.all(Cluster)
            for each in cluster.providers
            if each.node in group.providers
        ]
        for workload in workloads(graph):
            if workload.launch == "ec2" and group in list(workload.instance_groups):
                link = workload.node.cluster
                clusters += [link.node] if link and link.node else []
        if clusters or group.providers or group.cluster:
            yield group, list(dict.fromkeys(clusters))


def instances_join(graph: Graph) -> Iterator[Finding]:
    for group, clusters in used_groups(graph):
        if group.machine is not None:
            yield from _named_cluster(group, group.machine, clusters)
            yield from _profile(group, group.machine)
            yield from _image(group.machine)
        yield from _size(group)


def _named_cluster(
    group: AutoScalingGroup, machine: Machine, clusters: list[Cluster]
) -> Iterator[Finding]:
    of = group.resource.logical_id
    if "ECS_CLUSTER" in machine.agent:
        joined = group.cluster
        if joined and clusters and all(_differ(joined.value, each) for each in clusters):
            wanted = clusters[0].resource.logical_id
            why = (f"The user data of {of} join another cluster than {wanted}.",)
            yield _not_joined(machine, why, f"Set ECS_CLUSTER to {wanted}.")
        return
    if machine.given("UserData") is False:
        if not _is_initialized_otherwise(group):
            yield _not_joined(
                machine,
                (f"The instances of {of} have no user data: they join the cluster default.",),
                "Write ECS_CLUSTER=… to /etc/ecs/ecs.config in the user data.",
            )
        return
    written = "".join(
        each for each in parts_of(machine.user_data) or ("",) if isinstance(each, str)
    )
    if written and not OTHERWISE.search(written):
        yield _not_joined(
            machine,
            (f"The user data of {of} set no ECS_CLUSTER: its instances join the cluster default.",),
            "Write ECS_CLUSTER=… to /etc/ecs/ecs.config in the user data.",
        )


def _differ(value: Value, cluster: Cluster) -> bool:
    """A cluster's name that is written, against one that CloudFormation makes up, differs too."""
    graph = cluster.graph
    if graph.same(cluster, value, Cluster) is False:
        return True
    other = graph.find(value, Cluster)
    if other is not None:
        return other is not cluster
    name = cluster.name
    return isinstance(value, str) and (name is None or (isinstance(name, str) and name != value))


def _is_initialized_otherwise(group: AutoScalingGroup) -> bool:
    source = group.source.node if group.source else None
    nodes = [each for each in (group, source) if each is not None]
    return any("Metadata" in each.resource.attributes for each in nodes)


def _not_joined(machine: Machine, why: tuple[str, ...], cure: str) -> Finding:
    return error("P11", machine, "UserData", why=why, message=NONE_JOINED, cure=cure)


def _profile(group: AutoScalingGroup, machine: Machine) -> Iterator[Finding]:
    if machine.given("IamInstanceProfile") is False:
        yield error(
            "P11",
            machine,
            "IamInstanceProfile",
            why=(
                f"The instances of {group.resource.logical_id} have no instance profile.",
                "So their agent has no credentials to register with.",
            ),
            message=NONE_JOINED,
            cure="Give them one whose role has AmazonEC2ContainerServiceforEC2Role.",
        )


def _size(group: AutoScalingGroup) -> Iterator[Finding]:
    most = most_instances(group)
    if most == 0:
        name = "MaxSize" if group.maximum == 0 else "DesiredCapacity"
        yield error(
            "P11",
            group,
            name if group.given(name) else "MinSize",
            why=(
                f"{group.resource.logical_id} starts no instance"
                + (": MaxSize is 0." if group.maximum == 0 else ", and nothing scales it out."),
            ),
            message=NONE_JOINED,
            cure="Raise MinSize or DesiredCapacity, or give it a capacity provider with managed "
            "scaling.",
        )


def _image(machine: Machine) -> Iterator[Finding]:
    """By the name of AWS's parameter that its id comes from."""
    kind = instance_type(machine.instance_type)
    written = machine.image
    path = written.stored_at if isinstance(written, Parameter) else written
    if kind is None or not isinstance(path, str) or "/aws/service/" not in path:
        return
    architecture = "ARM64" if "arm64" in path else "X86_64"
    if architecture != kind.architecture:
        found = error(
            "P11",
            machine,
            "ImageId",
            why=(
                f"The image is for {architecture}.",
                f"{kind.name} has processors of {kind.architecture}.",
            ),
            message="The architecture of the specified instance type does not match the "
            "architecture of the specified AMI.",
            cure=f"Take the image for {kind.architecture}, or another instance type.",
        )
        yield from (found, found.consequence("I07", "exec format error"))
