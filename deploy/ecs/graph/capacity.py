"""Clusters and the groups of instances that they run tasks on."""

import re
from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.instances import Ec2Instance, Machine, machine_of
from deploy.ecs.graph.parts import Link, Listing, Node, Part, is_meant
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.truth import Truth, all_of, any_of

ON_FARGATE = ("FARGATE", "FARGATE_SPOT")
GENERATED = re.compile(r".+-[A-Za-z0-9]{12,}")  # as CloudFormation names what has no name


class Cluster(Node):
    TYPES = ("AWS::ECS::Cluster",)

    def is_called(self, value: Value) -> Truth:
        """Whether that name, which an instance or an ARN gives, is its own."""
        if self.graph.find(value, Cluster) is self:
            return True
        written = value if isinstance(value, str) else None
        if written is None or self.physical is not None:
            return self.graph.same(self, value, Cluster)
        if self.given("ClusterName") is False:
            return None if GENERATED.fullmatch(written) else False
        name = self.name
        return name == written if isinstance(name, str) else None

    @cached_property
    def _associations(self) -> list["ProviderAssociations"]:
        found = self.graph.all(ProviderAssociations)
        return [each for each in found if is_meant(self, each.cluster) is not False]

    @property
    def providers(self) -> Listing[Link["CapacityProvider"]]:
        listed = [self.links(CapacityProvider, "CapacityProviders")]
        listed += [each.links(CapacityProvider, "CapacityProviders") for each in self._associations]
        return Listing(
            tuple(each for links in listed for each in links),
            all(each.complete for each in listed),
        )

    @property
    def default_strategy(self) -> Listing["StrategyItem"]:
        own = self.parts(StrategyItem, "DefaultCapacityProviderStrategy")
        if not self._associations:
            return own
        [first, *others] = self._associations
        found = first.parts(StrategyItem, "DefaultCapacityProviderStrategy")
        is_it = not others and is_meant(self, first.cluster) is True
        return Listing(found.items, found.complete and is_it)


class ProviderAssociations(Node):
    TYPES = ("AWS::ECS::ClusterCapacityProviderAssociations",)

    @property
    def cluster(self) -> Link[Cluster] | None:
        return self.link(Cluster, "Cluster")


class CapacityProvider(Node):
    TYPES = ("AWS::ECS::CapacityProvider",)

    @property
    def group(self) -> Link["AutoScalingGroup"] | None:
        return self.link(AutoScalingGroup, "AutoScalingGroupProvider", "AutoScalingGroupArn")

    @property
    def has_managed_scaling(self) -> bool | None:
        found = self.text("AutoScalingGroupProvider", "ManagedScaling", "Status", default="ENABLED")
        is_written = self.given("AutoScalingGroupProvider", "ManagedScaling")
        return is_written and (None if found is None else found == "ENABLED")


class StrategyItem(Part):
    @property
    def provider(self) -> Link[CapacityProvider] | None:
        return self.link(CapacityProvider, "CapacityProvider")

    @property
    def provider_name(self) -> str | None:
        return self.text("CapacityProvider")

    @property
    def weight(self) -> int | None:
        return self.number("Weight", default=0)

    @property
    def base(self) -> int | None:
        return self.number("Base", default=0)

    @property
    def launch(self) -> str | None:
        """ "fargate" or "ec2"."""
        if self.provider_name in ON_FARGATE:
            return "fargate"
        is_known = self.provider_name is not None or (self.provider and self.provider.node)
        return "ec2" if is_known else None


class AutoScalingGroup(Node):
    TYPES = ("AWS::AutoScaling::AutoScalingGroup",)

    @property
    def minimum(self) -> int | None:
        return self.number("MinSize")

    @property
    def maximum(self) -> int | None:
        return self.number("MaxSize")

    @property
    def desired(self) -> int | None:
        """At the start; its minimum where none is given."""
        if self.given("DesiredCapacity") is False:
            return self.minimum
        return self.number("DesiredCapacity")

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, "VPCZoneIdentifier")

    @property
    def source(self) -> Link[Node] | None:
        """Its launch template or configuration."""
        mixed = ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")
        ways: tuple[tuple[str, ...], ...] = (
            ("LaunchTemplate", "LaunchTemplateId"),
            ("LaunchTemplate", "LaunchTemplateName"),
            (*mixed, "LaunchTemplateId"),
            (*mixed, "LaunchTemplateName"),
            ("LaunchConfigurationName",),
        )
        return next((each for way in ways if (each := self.link(Node, *way))), None)

    @cached_property
    def machine(self) -> Machine | None:
        return machine_of(self.source.node) if self.source and self.source.node else None

    @property
    def instance_types(self) -> Listing[str]:
        """All that it may start."""
        overrides = self.parts(Part, "MixedInstancesPolicy", "LaunchTemplate", "Overrides")
        if len(overrides) or not overrides.complete:
            found = [each.text("InstanceType") for each in overrides]
        else:
            found = [self.machine.instance_type if self.machine else None]
        known = tuple(each for each in found if each is not None)
        return Listing(known, overrides.complete and len(known) == len(found))

    @property
    def cluster(self) -> Link[Cluster] | None:
        """The one that its instances join by their user data."""
        machine = self.machine
        if machine is None or "ECS_CLUSTER" not in machine.agent:
            return None
        value = machine.agent["ECS_CLUSTER"]
        node = self.graph.find(value, Cluster)
        return Link(value, node, machine.place("UserData"), all_of([machine.exists, self.exists]))

    def joins(self, cluster: Cluster) -> Truth:
        return joins(self.machine, cluster)

    @property
    def providers(self) -> tuple[CapacityProvider, ...]:
        found = self.graph.all(CapacityProvider)
        return tuple(each for each in found if each.group and each.group.node is self)

    @property
    def is_scaled_by_policy(self) -> Truth:
        """Whether something else than ECS changes its size."""
        group = "AutoScalingGroupName"
        found = [
            is_meant(self, each.link(AutoScalingGroup, group))
            for each in self.graph.all(ScalingPolicy)
        ]
        return any_of(found)


class ScalingPolicy(Node):
    TYPES = ("AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction")


class Fleet(Node):
    """Instances in ways that are not told here; a nested stack may have any."""

    TYPES = ("AWS::EC2::SpotFleet", "AWS::EC2::EC2Fleet", "AWS::CloudFormation::Stack")


def joins(machine: Machine | None, cluster: Cluster) -> Truth:
    """Whether an instance that is started so joins it; without a setting, the one of the name
    "default", which nobody takes for one that is given as a parameter."""
    if machine is None:
        return None
    if machine.setting("ECS_CLUSTER"):
        return cluster.is_called(machine.agent["ECS_CLUSTER"])
    if machine.setting("ECS_CLUSTER") is None:
        return None
    return cluster.is_called("default") is True


def instances_of(cluster: Cluster) -> Listing[AutoScalingGroup | Ec2Instance]:
    """Those that join it by their user data; not complete where others may."""
    graph = cluster.graph
    kinds: tuple[AutoScalingGroup | Ec2Instance, ...]
    kinds = (*graph.all(AutoScalingGroup), *graph.all(Ec2Instance))
    joined_up = [(each, joins(each.machine, cluster)) for each in kinds]
    unknown = any(truth is None for _, truth in joined_up) or bool(graph.all(Fleet))
    return Listing(tuple(each for each, truth in joined_up if truth), not unknown)
