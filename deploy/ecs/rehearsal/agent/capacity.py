"""The container instances of clusters: which machines join, and when there are more.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
"""

from datetime import datetime
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.ecs.models import CapacityProvider, EC2ContainerServiceBackend, ecs_backends

from deploy.ecs.graph import INSTANCE_TYPES
from deploy.ecs.rehearsal.agent.machines import Machine, groups, machines
from deploy.ecs.rehearsal.agent.permissions import Session
from deploy.ecs.rehearsal.agent.placement import Demand, Instance
from deploy.ecs.rehearsal.agent.reachability import Reachability
from deploy.ecs.rehearsal.agent.region import Region

BOOT = 60  # seconds until an instance has joined
SERVICES = ("ecs", "ecs-agent", "ecs-telemetry")  # that the agent talks to


class Capacity:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.machines: dict[str, Machine] = {}  # by the id of the EC2 instance
        self.seen: dict[str, datetime] = {}
        self.told: set[str] = set()  # why those that have not joined have not
        self.instances: dict[str, dict[str, Instance]] = {}  # of clusters, by EC2 id
        self.group_of: dict[str, str] = {}  # the auto scaling group's name, by EC2 id

    @property
    def backend(self) -> EC2ContainerServiceBackend:
        return ecs_backends[self.region.account][self.region.name]

    def of(self, cluster: str, provider: str) -> list[Instance]:
        """All of the cluster's where no provider is named."""
        group = self.group(provider)
        return [
            each
            for each in self.instances.get(cluster, {}).values()
            if not provider or (group and self.group_of[each.ec2_id] == group.name)
        ]

    def provider(self, name: str) -> CapacityProvider | None:
        return self.backend.capacity_providers.get(name)

    def group(self, provider: str) -> FakeAutoScalingGroup | None:
        found = self.provider(provider)
        if found is None:
            return None
        arn = str(found.auto_scaling_group_provider["autoScalingGroupArn"])
        return next((each for each in groups(self.region) if arn in {each.arn, each.name}), None)

    def scales(self, provider: str) -> bool:
        found = self.provider(provider)
        scaling = found.auto_scaling_group_provider["managedScaling"] if found else {}
        return scaling.get("status") == "ENABLED"

    def step(self) -> list[Instance]:
        """Lets machines join; those that are gone."""
        now, there = self.region.now(), set()
        for group in groups(self.region):
            for machine in machines(self.region, group):
                there.add(machine.ec2_id)
                self.group_of[machine.ec2_id] = group.name
                began = self.seen.setdefault(machine.ec2_id, now)
                is_up = (now - began).total_seconds() >= BOOT
                if is_up and machine.ec2_id not in self.machines:
                    self.join(machine)
        return self.leave(there)

    def join(self, machine: Machine) -> None:
        cluster = machine.settings.get("ECS_CLUSTER", "default")
        why = self.obstacle(machine, cluster)
        if why:
            text = f"{machine.ec2_id} does not join: {why}"
            if text not in self.told:
                self.told.add(text)
                self.region.timeline.add(f"cluster {cluster}", text)
            return
        kind = INSTANCE_TYPES[machine.type]
        model = self.backend.register_container_instance(cluster, machine.ec2_id)
        instance = Instance(
            id=model.id,
            ec2_id=machine.ec2_id,
            type=machine.type,
            zone=machine.zone,
            subnet=machine.interface.subnets[0],
            cpu=kind.cpu,
            memory=kind.memory - machine.reserved,
            interfaces=kind.tasks_with_awsvpc,
        )
        self.machines[machine.ec2_id] = machine
        self.instances.setdefault(cluster, {})[machine.ec2_id] = instance
        model.registered_resources = _resources(instance)
        self.region.timeline.add(
            f"cluster {cluster}", f"{machine.ec2_id} ({machine.type}) has joined"
        )

    def obstacle(self, machine: Machine, cluster: str) -> str | None:
        if cluster not in self.backend.clusters:
            return f"there is no cluster {cluster}, which its user data means"
        if not machine.role:
            return "it has no instance profile, and so no credentials"
        if machine.type not in INSTANCE_TYPES:
            return f"the rehearsal does not know the type {machine.type}"
        session = Session(self.region.latest, self.region.account, machine.role, machine.ec2_id)
        arn = self.region.arn("ecs", f"cluster/{cluster}")
        denied = session.denial("ecs:RegisterContainerInstance", arn)
        if denied:
            return denied
        here = Reachability(self.region.latest, self.region.name)
        closed = [each for each in SERVICES if not here.reaches_service(machine.interface, each)]
        if closed:
            return f"it does not reach {', '.join(closed)}.{self.region.name}.amazonaws.com"
        return None

    def leave(self, there: set[str]) -> list[Instance]:
        gone = []
        for cluster, instances in self.instances.items():
            for ec2_id in [each for each in instances if each not in there]:
                instance = instances.pop(ec2_id)
                gone.append(instance)
                self.backend.container_instances[cluster].pop(instance.id, None)
                self.backend.clusters[cluster].registered_container_instances_count -= 1
                self.region.timeline.add(f"cluster {cluster}", f"{ec2_id} has left")
        return gone

    def grow(self, provider: str, demand: Demand) -> None:
        """One more instance, where the task would fit on it and none is on its way."""
        group = self.group(provider)
        if group is None or not self.scales(provider):
            return
        own = [ec2_id for ec2_id, name in self.group_of.items() if name == group.name]
        is_coming = any(each not in self.machines and each in self.seen for each in own)
        if is_coming or int(group.desired_capacity or 0) >= int(group.max_size or 0):
            return
        if own and not self.fits_when_empty(own[0], demand):
            return
        wanted = int(group.desired_capacity or 0) + 1
        backend = autoscaling_backends[self.region.account][self.region.name]
        backend.set_desired_capacity(group.name, wanted)
        # Until the next step has seen it, it counts as coming.
        for machine in machines(self.region, group):
            self.seen.setdefault(machine.ec2_id, self.region.now())
            self.group_of[machine.ec2_id] = group.name
        self.region.timeline.add(f"capacity {provider}", f"grows to {wanted} instances")

    def fits_when_empty(self, ec2_id: str, demand: Demand) -> bool:
        for instances in self.instances.values():
            if ec2_id in instances:
                instance = instances[ec2_id]
                model = self.model(instance)
                free = {each["name"]: each["integerValue"] for each in model.registered_resources}
                return bool(demand.cpu <= free["CPU"] and demand.memory <= free["MEMORY"])
        return True

    def model(self, instance: Instance) -> Any:
        for models in self.backend.container_instances.values():
            if instance.id in models:
                return models[instance.id]
        raise KeyError(instance.id)

    def show(self) -> None:
        """What is free of each, for DescribeContainerInstances."""
        for instances in self.instances.values():
            for instance in instances.values():
                model = self.model(instance)
                model.remaining_resources = _resources(instance)
                model.running_tasks_count = len(instance.groups)


def _resources(instance: Instance) -> list[dict[str, Any]]:
    numbers = {"CPU": instance.cpu, "MEMORY": instance.memory}
    sets = {"PORTS": sorted(map(str, instance.ports)), "PORTS_UDP": []}
    return [
        {"name": name, "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": value}
        for name, value in numbers.items()
    ] + [
        {
            "name": name,
            "type": "STRINGSET",
            "doubleValue": 0.0,
            "longValue": 0,
            "integerValue": 0,
            "stringSetValue": value,
        }
        for name, value in sets.items()
    ]
