"""ECS, ECR, and the schedules and scaling of services."""

from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties, are_new


class Cluster(Kind):
    def is_taken(self, aws: Aws, properties: Properties) -> bool:
        found = aws.call("ecs", "describe_clusters", clusters=[properties["ClusterName"]])
        return any(each["status"] == "ACTIVE" for each in found["clusters"])


class TaskDefinition(Kind):
    """Each change is a new revision."""

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        if are_new(before, properties):
            aws.call("ecs", "tag_resource", properties, resourceArn=physical_id)


class Service(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        # AWS's default, which is not that of moto.
        return super().create(aws, {"DesiredCount": 1, **in_words_of_api(properties)})

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        super().update(aws, physical_id, before, in_words_of_api(properties))
        if are_new(before, properties):
            aws.call("ecs", "tag_resource", properties, resourceArn=physical_id)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        cluster = properties["Cluster"]
        aws.call("ecs", "delete_service", cluster=cluster, service=physical_id, force=True)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        return {"Name": physical_id.rpartition("/")[2], "ServiceArn": physical_id}

    def is_taken(self, aws: Aws, properties: Properties) -> bool:
        cluster, name = properties["Cluster"], properties["ServiceName"]
        found = aws.call("ecs", "describe_services", cluster=cluster, services=[name])
        return any(each["status"] == "ACTIVE" for each in found["services"])


def in_words_of_api(properties: Properties) -> dict[str, Any]:
    given = dict(properties)
    if "PlacementStrategies" in given:
        given["placementStrategy"] = given.pop("PlacementStrategies")
    return given


class CapacityProvider(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        provider = dict(properties["AutoScalingGroupProvider"])
        provider.pop("AutoScalingGroupArn")
        aws.call("ecs", self.update_with, name=physical_id, autoScalingGroupProvider=provider)


class Associations(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("ecs", self.create_with, properties)
        return str(properties["Cluster"])

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        nothing: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
        aws.call("ecs", self.create_with, nothing, cluster=physical_id)


class Repository(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        name = super().create(aws, properties)
        self.set_policy(aws, name, properties)
        return name

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.set_policy(aws, physical_id, properties)
        for operation in ("put_image_tag_mutability", "put_image_scanning_configuration"):
            aws.call("ecr", operation, properties, repositoryName=physical_id)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        force = properties.get("EmptyOnDelete", False)
        aws.call("ecr", self.delete_with, repositoryName=physical_id, force=force)

    def set_policy(self, aws: Aws, name: str, properties: Properties) -> None:
        if policy := properties.get("LifecyclePolicy"):
            aws.call("ecr", "put_lifecycle_policy", policy, repositoryName=name)


class ScalableTarget(Kind):
    """Three names in one id."""

    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call(self.service, self.create_with, properties)
        keys = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        return "|".join(properties[key] for key in keys)

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        aws.call(self.service, self.create_with, properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete_with, properties)


class ScalingPolicy(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        return super().create(aws, {**properties, **self.target(properties)})

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.create(aws, properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete_with, properties, self.target(properties))

    def target(self, properties: Properties) -> dict[str, str]:
        if "ScalingTargetId" not in properties:
            return {}
        keys = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        return dict(zip(keys, properties["ScalingTargetId"].split("|"), strict=True))


class Schedule(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        super().create(aws, properties)
        return str(properties["Name"])


KINDS: dict[str, Kind] = {
    "AWS::ECS::Cluster": Cluster(
        service="ecs",
        create_with="create_cluster",
        id_at="cluster.clusterName",
        delete_with="delete_cluster",
        key="cluster",
        describe_with="describe_clusters",
        described_by="clusters",
        described_at="clusters[0]",
        attributes={"Arn": "clusterArn"},
        name="ClusterName",
        longest=255,
    ),
    "AWS::ECS::TaskDefinition": TaskDefinition(
        service="ecs",
        create_with="register_task_definition",
        id_at="taskDefinition.taskDefinitionArn",
        delete_with="deregister_task_definition",
        key="taskDefinition",
        describe_with="describe_task_definition",
        described_at="taskDefinition",
        attributes={"TaskDefinitionArn": "taskDefinitionArn"},
        name="Family",
        longest=255,
    ),
    "AWS::ECS::Service": Service(
        service="ecs",
        create_with="create_service",
        id_at="service.serviceArn",
        key="service",
        update_with="update_service",
        name="ServiceName",
        longest=255,
    ),
    "AWS::ECS::CapacityProvider": CapacityProvider(
        service="ecs",
        create_with="create_capacity_provider",
        id_at="capacityProvider.name",
        delete_with="delete_capacity_provider",
        key="capacityProvider",
        update_with="update_capacity_provider",
        name="Name",
        longest=255,
    ),
    "AWS::ECS::ClusterCapacityProviderAssociations": Associations(
        service="ecs",
        create_with="put_cluster_capacity_providers",
        update_with="put_cluster_capacity_providers",
        id_at="",
        key="cluster",
    ),
    "AWS::ECR::Repository": Repository(
        service="ecr",
        create_with="create_repository",
        id_at="repository.repositoryName",
        delete_with="delete_repository",
        key="repositoryName",
        describe_with="describe_repositories",
        described_by="repositoryNames",
        described_at="repositories[0]",
        attributes={"Arn": "repositoryArn", "RepositoryUri": "repositoryUri"},
        name="RepositoryName",
        longest=256,
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": ScalableTarget(
        service="application-autoscaling",
        create_with="register_scalable_target",
        id_at="",
        delete_with="deregister_scalable_target",
        key="",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ScalingPolicy(
        service="application-autoscaling",
        create_with="put_scaling_policy",
        id_at="PolicyARN",
        delete_with="delete_scaling_policy",
        key="",
    ),
    "AWS::Scheduler::Schedule": Schedule(
        service="scheduler",
        create_with="create_schedule",
        id_at="ScheduleArn",
        delete_with="delete_schedule",
        key="Name",
        update_with="update_schedule",
        describe_with="get_schedule",
        attributes={"Arn": "Arn"},
        name="Name",
    ),
}
