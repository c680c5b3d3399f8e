"""ECS services: what they run, on what, and how they are reached.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
"""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, joined
from deploy.ecs.graph.capacity import AutoScalingGroup, Cluster, StrategyItem
from deploy.ecs.graph.discovery import DiscoveryService
from deploy.ecs.graph.load_balancing import TargetGroup
from deploy.ecs.graph.names import fields
from deploy.ecs.graph.parts import Link, Listing, Node, Part
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.spellings import spelled
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.tasks import TaskDefinition
from deploy.ecs.graph.truth import Truth, all_of

AWSVPC = ("NetworkConfiguration", "AwsvpcConfiguration")
LAUNCHES = {"EC2": "ec2", "FARGATE": "fargate", "EXTERNAL": "external"}


class Service(Node):
    TYPES = ("AWS::ECS::Service",)

    @property
    def service_name(self) -> Value:
        known = self.physical.attributes.get("Name") if self.physical else None
        return known or self.name

    @property
    def cluster(self) -> Link[Cluster] | None:
        """Where none is given it is the account's, of the name "default"."""
        return self.link(Cluster, "Cluster")

    @property
    def task_definition(self) -> Link[TaskDefinition] | None:
        return self.link(TaskDefinition, "TaskDefinition")

    @cached_property
    def strategy(self) -> Listing[StrategyItem]:
        """Its own, or the one that it has of its cluster; empty where a launch type is given."""
        if self.given("CapacityProviderStrategy") is not False:
            return self.parts(StrategyItem, "CapacityProviderStrategy")
        if self.given("LaunchType"):
            return Listing()
        cluster = self.cluster.node if self.cluster else None
        is_open = cluster is None or self.given("LaunchType") is None
        return Listing(complete=False) if cluster is None or is_open else cluster.default_strategy

    @property
    def launch(self) -> str | None:
        """ "fargate", "ec2" or "external"."""
        if self.given("LaunchType"):
            return LAUNCHES.get(self.text("LaunchType") or "")
        kinds = {each.launch for each in self.strategy}
        if not kinds and self.strategy.complete:
            return "ec2"
        return kinds.pop() if len(kinds) == 1 and self.strategy.complete else None

    @property
    def instance_groups(self) -> Listing[AutoScalingGroup]:
        """What its tasks may be placed on, if not Fargate: by its providers, or by a launch type
        all that joins the cluster."""
        if self.launch == "fargate":
            return Listing()
        if len(self.strategy):
            return self._of_strategy()
        cluster = self.cluster.node if self.cluster else None
        if cluster is None:
            return Listing((), False)
        groups = self.graph.all(AutoScalingGroup)
        joined = [(each, each.joins(cluster)) for each in groups]
        unknown = any(truth is None for _, truth in joined)
        return Listing(tuple(each for each, truth in joined if truth), not unknown)

    def _of_strategy(self) -> Listing[AutoScalingGroup]:
        providers = [each.provider for each in self.strategy if each.launch != "fargate"]
        groups = [
            each.node.group.node if each and each.node and each.node.group else None
            for each in providers
        ]
        known = dict.fromkeys(each for each in groups if each is not None)
        return Listing(tuple(known), self.strategy.complete and None not in groups)

    @property
    def desired_count(self) -> int | None:
        """At its creation; an update without one leaves the number as it is."""
        return self.number("DesiredCount", default=1)

    @property
    def minimum_percent(self) -> int | None:
        default = 0 if self.scheduling == "DAEMON" else 100
        return self.number("DeploymentConfiguration", "MinimumHealthyPercent", default=default)

    @property
    def maximum_percent(self) -> int | None:
        default = 100 if self.scheduling == "DAEMON" else 200
        return self.number("DeploymentConfiguration", "MaximumPercent", default=default)

    @property
    def has_circuit_breaker(self) -> bool | None:
        return self.flag(
            "DeploymentConfiguration", "DeploymentCircuitBreaker", "Enable", default=False
        )

    @property
    def rolls_back(self) -> bool | None:
        return self.flag(
            "DeploymentConfiguration", "DeploymentCircuitBreaker", "Rollback", default=False
        )

    @cached_property
    def load_balancers(self) -> Listing["Feed"]:
        return self.parts(Feed, "LoadBalancers")

    @property
    def registries(self) -> Listing[Link[DiscoveryService]]:
        parts = self.parts(Part, "ServiceRegistries")
        links = [each.link(DiscoveryService, "RegistryArn") for each in parts]
        known = tuple(each for each in links if each is not None)
        return Listing(known, parts.complete and len(known) == len(links))

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, *AWSVPC, "Subnets")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        """Of tasks with awsvpc; none given means the network's default group."""
        if self.given(*AWSVPC, "SecurityGroups") is False and self.given(*AWSVPC):
            return Listing(complete=False)
        return self.links(SecurityGroup, *AWSVPC, "SecurityGroups")

    @property
    def public_address(self) -> bool | None:
        found = self.text(*AWSVPC, "AssignPublicIp", default="DISABLED")
        return None if found is None else found == "ENABLED"

    @property
    def grace_period(self) -> int | None:
        """Seconds."""
        return self.number("HealthCheckGracePeriodSeconds", default=0)

    @property
    def allows_exec(self) -> bool | None:
        return self.flag("EnableExecuteCommand", default=False)

    @property
    def scheduling(self) -> str | None:
        return self.text("SchedulingStrategy", default="REPLICA")

    @cached_property
    def scaling(self) -> "ScalableTarget | None":
        found = [each for each in self.graph.all(ScalableTarget) if each.is_of(self)]
        return found[0] if len(found) == 1 else None


class Feed(Part):
    """Which port of which container is a target of which group."""

    @property
    def container_name(self) -> str | None:
        return self.text("ContainerName")

    @property
    def container_port(self) -> int | None:
        return self.number("ContainerPort")

    @property
    def target_group(self) -> Link[TargetGroup] | None:
        return self.link(TargetGroup, "TargetGroupArn")


class ScalableTarget(Node):
    TYPES = ("AWS::ApplicationAutoScaling::ScalableTarget",)

    @property
    def minimum(self) -> int | None:
        return self.number("MinCapacity")

    @property
    def maximum(self) -> int | None:
        return self.number("MaxCapacity")

    @property
    def resource_id(self) -> Value:
        """service/CLUSTER/SERVICE, both by name."""
        return self.value("ResourceId")

    def is_of(self, service: Service) -> Truth:
        found = fields(self.resource_id, "/", 2)
        if found is None or len(found) != 3:
            return None
        try:
            wanted = [spelled(self.graph, joined([each])) for each in found[1:]]
        except RefusedError:
            return None
        cluster = service.cluster
        return all_of(
            [
                found[0] == "service",
                self.graph.same(cluster.node or cluster.value, found[1], Cluster)
                if cluster
                else wanted[0] == "default",
                self.graph.same(service, found[2], Service),
            ]
        )


def feeds_of(group: TargetGroup) -> tuple[tuple[Service, Feed], ...]:
    """The services that register their tasks with it."""
    return tuple(
        (service, feed)
        for service in group.graph.all(Service)
        for feed in service.load_balancers
        if feed.target_group and feed.target_group.node is group
    )
