"""ECS's API, as far as tasks and services go, in place of moto's.

Messages are those of
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, elbv2_backends

from deploy.ecs.rehearsal.agent.balancing import Balancing
from deploy.ecs.rehearsal.agent.capacity import Capacity
from deploy.ecs.rehearsal.agent.definitions import AWSVPC, Definition
from deploy.ecs.rehearsal.agent.launching import Launching
from deploy.ecs.rehearsal.agent.placement import Refusal, fargate_refusal
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.services import OF_A_DEPLOYMENT, Service
from deploy.ecs.rehearsal.agent.shells import Shells
from deploy.ecs.rehearsal.agent.targets import Targets
from deploy.ecs.rehearsal.agent.tasks import FARGATE, PENDING, RUNNING, Task, Wish
from deploy.ecs.rehearsal.cloud.patches import Patches

Given = dict[str, Any]
CHANGEABLE = (
    *OF_A_DEPLOYMENT,
    "desiredCount",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "placementStrategy",
    "placementConstraints",
    "availabilityZoneRebalancing",
    "propagateTags",
    "enableECSManagedTags",
)


def invalid(message: str) -> ECSException:
    return ECSException("InvalidParameterException", message)


@dataclass
class Calls:
    region: Region
    capacity: Capacity
    launching: Launching
    targets: Targets
    balancing: Balancing
    shells: Shells
    services: dict[tuple[str, str], Service] = field(default_factory=dict)  # by cluster and name

    @property
    def backend(self) -> EC2ContainerServiceBackend:
        return ecs_backends[self.region.account][self.region.name]

    def install(self, patches: Patches) -> None:
        """In moto's own responses, until the patches are undone."""
        actions: dict[str, Callable[[Given], Given]] = {
            "run_task": self.run_task,
            "stop_task": self.stop_task,
            "describe_tasks": self.describe_tasks,
            "list_tasks": self.list_tasks,
            "create_service": self.create_service,
            "update_service": self.update_service,
            "delete_service": self.delete_service,
            "describe_services": self.describe_services,
            "list_services": self.list_services,
            "execute_command": self.execute_command,
        }
        for name, action in actions.items():
            patches.attribute(EC2ContainerServiceResponse, name, self._answering(action))
        for name in ("describe_container_instances", "describe_clusters"):
            own = getattr(EC2ContainerServiceResponse, name)
            patches.attribute(EC2ContainerServiceResponse, name, self._counted(own))
        register = EC2ContainerServiceResponse.register_task_definition
        patches.attribute(
            EC2ContainerServiceResponse, "register_task_definition", self._sized(register)
        )
        patches.attribute(ELBv2Backend, "describe_target_health", self._target_health())

    def _answering(self, action: Callable[[Given], Given]) -> Callable[[Any], ActionResult]:
        def answer(response: EC2ContainerServiceResponse) -> ActionResult:
            with self.region.lock:
                return ActionResult(action(response._get_params()))

        return answer

    def _counted(self, own: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
        def answer(response: EC2ContainerServiceResponse) -> ActionResult:
            with self.region.lock:
                self.capacity.show()
                for cluster in self.backend.clusters.values():
                    self._count(cluster)
                return own(response)

        return answer

    def _count(self, cluster: Cluster) -> None:
        tasks = [each for each in self.launching.tasks.values() if each.is_alive]
        own = [each for each in tasks if each.wish.cluster == cluster.name]
        cluster.running_tasks_count = sum(each.status == RUNNING for each in own)
        cluster.pending_tasks_count = sum(each.status == PENDING for each in own)
        cluster.active_services_count = sum(
            each.cluster == cluster.name and each.status == "ACTIVE"
            for each in self.services.values()
        )

    def _sized(self, own: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
        def answer(response: EC2ContainerServiceResponse) -> ActionResult:
            given = response._get_params()
            if FARGATE in (given.get("requiresCompatibilities") or []):
                refused = fargate_refusal(int(given.get("cpu") or 0), int(given.get("memory") or 0))
                if refused:
                    raise ECSException("ClientException", refused)
            return own(response)

        return answer

    def _target_health(self) -> Callable[..., list[FakeHealthStatus]]:
        own = ELBv2Backend.describe_target_health

        def answer(
            backend: ELBv2Backend, target_group_arn: str, targets: list[dict[str, Any]]
        ) -> list[FakeHealthStatus]:
            own(backend, target_group_arn, [])  # refuses what is no target group
            wanted = {(str(each["Id"]), str(each.get("Port", ""))) for each in targets}
            return [
                FakeHealthStatus(
                    each.id,
                    str(each.port),
                    str(each.port),
                    each.state,
                    each.reason or None,
                    each.description or None,
                )
                for each in self.targets.of(target_group_arn)
                if not wanted or {(each.id, str(each.port)), (each.id, "")} & wanted
            ]

        return answer

    def cluster(self, given: Given) -> Cluster:
        return self.backend._get_cluster(str(given.get("cluster") or "default"))

    def service(self, given: Given) -> Service:
        cluster = self.cluster(given).name
        found = self.services.get((cluster, str(given["service"]).rpartition("/")[2]))
        if found is None:
            raise ECSException("ServiceNotFoundException", "Service not found.")
        if found.status != "ACTIVE":
            raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
        return found

    def with_capacity(self, given: Given) -> Given:
        """The cluster's own strategy where none is given."""
        if given.get("launchType") or given.get("capacityProviderStrategy"):
            return given
        strategy = self.cluster(given).default_capacity_provider_strategy
        return given | {"capacityProviderStrategy": strategy} if strategy else given

    def definition(self, written: str, overrides: Mapping[str, Any] | None = None) -> Definition:
        return Definition(self.backend.describe_task_definition(written), overrides or {})

    def check_network(self, definition: Definition, wish: Wish) -> None:
        if definition.mode == AWSVPC and not wish.subnets:
            raise invalid(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            )
        if definition.mode != AWSVPC and wish.network:
            raise invalid(
                "Network Configuration is not valid for the given networkMode of this task "
                "definition."
            )
        if wish.wants_public_address and not wish.on_fargate:
            raise invalid("Assign public IP is not supported for this launch type.")
        if wish.on_fargate and FARGATE not in (definition.model.requires_compatibilities or []):
            raise invalid("Task definition does not support launch_type FARGATE.")

    def run_task(self, given: Given) -> Given:
        given = self.with_capacity(given)
        definition = self.definition(given["taskDefinition"], given.get("overrides"))
        strategy = given.get("capacityProviderStrategy") or []
        wish = Wish(
            cluster=self.cluster(given).name,
            definition=definition,
            group=given.get("group") or f"family:{definition.family}",
            started_by=given.get("startedBy") or "",
            launch_type=given.get("launchType") or "",
            provider=str(strategy[0]["capacityProvider"]).rpartition("/")[2] if strategy else "",
            network=(given.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {},
            strategy=tuple(given.get("placementStrategy") or ()),
            tags=tuple(given.get("tags") or ()),
            can_exec=bool(given.get("enableExecuteCommand")),
        )
        self.check_network(definition, wish)
        outcomes = [self.launching.launch(wish) for _ in range(int(given.get("count") or 1))]
        refused = [each for each in outcomes if isinstance(each, Refusal)]
        return {
            "tasks": [each.describe() for each in outcomes if isinstance(each, Task)],
            "failures": [self._failure(wish, each) for each in refused],
        }

    def _failure(self, wish: Wish, refusal: Refusal) -> Given:
        if not refusal.instance:
            raise invalid("No Container Instances were found in your cluster.")
        path = f"container-instance/{wish.cluster}/{refusal.instance}"
        return {"arn": self.region.arn("ecs", path), "reason": refusal.code}

    def task(self, given: Given) -> Task:
        found = self.launching.tasks.get(str(given["task"]).rpartition("/")[2])
        if found is None or found.wish.cluster != self.cluster(given).name:
            raise invalid("The referenced task was not found.")
        return found

    def stop_task(self, given: Given) -> Given:
        task = self.task(given)
        task.stop("UserInitiated", str(given.get("reason") or "Task stopped by user"))
        return {"task": task.describe()}

    def describe_tasks(self, given: Given) -> Given:
        cluster = self.cluster(given).name
        found, missing = [], []
        for written in given.get("tasks") or []:
            task = self.launching.tasks.get(str(written).rpartition("/")[2])
            if task and task.wish.cluster == cluster:
                found.append(_with_tags(task.describe(), given))
            else:
                missing.append({"arn": written, "reason": "MISSING"})
        return {"tasks": found, "failures": missing}

    def list_tasks(self, given: Given) -> Given:
        cluster = self.cluster(given).name
        if given.get("serviceName"):
            name = str(given["serviceName"]).rpartition("/")[2]
            if (cluster, name) not in self.services:
                raise ECSException("ServiceNotFoundException", "Service not found.")
        tasks = [each for each in self.launching.tasks.values() if each.wish.cluster == cluster]
        return {"taskArns": [each.arn for each in tasks if all(self._asked(each, given))]}

    def _asked(self, task: Task, given: Given) -> Iterator[bool]:
        yield task.desired == (given.get("desiredStatus") or RUNNING)
        if name := given.get("serviceName"):
            yield task.wish.group == f"service:{str(name).rpartition('/')[2]}"
        if family := given.get("family"):
            yield task.wish.definition.family == family
        if started_by := given.get("startedBy"):
            yield task.wish.started_by == started_by
        if launch_type := given.get("launchType"):
            yield task.wish.on_fargate == (launch_type == FARGATE)
        if instance := given.get("containerInstance"):
            wanted = str(instance).rpartition("/")[2]
            yield task.instance is not None and task.instance.id == wanted

    def create_service(self, given: Given) -> Given:
        given = self.with_capacity(given)
        cluster, name = self.cluster(given).name, str(given["serviceName"])
        known = self.services.get((cluster, name))
        if known and known.status != "INACTIVE":
            raise invalid("Creation of service was not idempotent.")
        definition = self.definition(given["taskDefinition"])
        service = Service(self.region, cluster, name, given | {"taskDefinition": definition.arn})
        self.check_network(definition, service.wish(definition))
        self.check_feeds(service, definition)
        network = given.get("networkConfiguration")
        if network:
            network["awsvpcConfiguration"].setdefault("securityGroups", [])
        # For what else in moto knows services.
        self.backend.create_service(
            cluster,
            name,
            service.desired,
            definition.arn,
            load_balancers=given.get("loadBalancers"),
            launch_type=given.get("launchType"),
            network_configuration=network,
            tags=given.get("tags"),
        )
        self.services[cluster, name] = service
        service.deploy(definition)
        return {"service": service.describe()}

    def check_feeds(self, service: Service, definition: Definition) -> None:
        groups = elbv2_backends[self.region.account][self.region.name].target_groups
        containers = {each.name: each for each in definition.containers}
        for feed in service.wish(definition).feeds:
            container = containers.get(feed.container)
            if container is None:
                raise invalid(
                    f"The container {feed.container} does not exist in the task definition."
                )
            if feed.port not in container.ports:
                raise invalid(
                    f"The container {feed.container} did not have a container port {feed.port} "
                    "defined."
                )
            group = groups.get(feed.group)
            if group is None or not self.balancing.load_balancers_of(feed.group):
                raise invalid(
                    f"The target group with targetGroupArn {feed.group} does not have an "
                    "associated load balancer."
                )
            needed = "ip" if definition.mode == AWSVPC else "instance"
            if group.target_type != needed:
                raise invalid(
                    f"The provided target group {feed.group} has target type {group.target_type}, "
                    f"which is incompatible with the {definition.mode} network mode specified in "
                    "the task definition."
                )

    def update_service(self, given: Given) -> Given:
        service = self.service(given)
        changes = {key: given[key] for key in CHANGEABLE if given.get(key) is not None}
        definition = self.definition(changes.get("taskDefinition", service.given["taskDefinition"]))
        changes["taskDefinition"] = definition.arn
        before = service.given
        service.given = before | changes
        try:
            self.check_network(definition, service.wish(definition))
            self.check_feeds(service, definition)
        except ECSException:
            service.given = before
            raise
        is_new = any(before.get(key) != changes[key] for key in OF_A_DEPLOYMENT if key in changes)
        if is_new or given.get("forceNewDeployment"):
            service.deploy(definition)
        else:
            service.asked_for = service.primary
            service.reopen()
        model = self.backend.services[f"{service.cluster}:{service.name}"]
        model.desired_count, model.task_definition = service.desired, definition.arn
        return {"service": service.describe()}

    def delete_service(self, given: Given) -> Given:
        service = self.service(given)
        if service.desired and not given.get("force"):
            raise invalid("The service cannot be stopped while it is scaled above 0.")
        service.status = "DRAINING"
        service.given = service.given | {"desiredCount": 0}
        self.backend.services.pop(f"{service.cluster}:{service.name}", None)
        return {"service": service.describe()}

    def describe_services(self, given: Given) -> Given:
        cluster = self.cluster(given).name
        found, missing = [], []
        for written in given.get("services") or []:
            name = str(written).rpartition("/")[2]
            service = self.services.get((cluster, name))
            if service:
                found.append(_with_tags(service.describe(), given))
            else:
                arn = self.region.arn("ecs", f"service/{cluster}/{name}")
                missing.append({"arn": arn, "reason": "MISSING"})
        return {"services": found, "failures": missing}

    def list_services(self, given: Given) -> Given:
        cluster = self.cluster(given).name
        own = [each for each in self.services.values() if each.cluster == cluster]
        return {"serviceArns": sorted(each.arn for each in own if each.status != "INACTIVE")}

    def execute_command(self, given: Given) -> Given:
        raise self.shells.refusal(self.task(given))


def _with_tags(described: Given, given: Given) -> Given:
    if "TAGS" not in (given.get("include") or []):
        described.pop("tags", None)
    return described
