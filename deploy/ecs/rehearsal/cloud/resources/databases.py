"""RDS and DocumentDB, which in moto are one backend."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


@dataclass(frozen=True, kw_only=True)
class Database(Kind):
    fixed: Mapping[str, Any]  # which a template does not say, and the API wants
    final: str = ""  # what the API calls the snapshot's name
    snapshot_with: str = ""

    def create(self, aws: Aws, properties: Properties) -> str:
        return super().create(aws, {**self.fixed, **in_words_of_api(properties)})

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        # The password is of moto's making already; told again, it would make another.
        given = in_words_of_api(properties)
        given.pop("ManageMasterUserPassword", None)
        aws.call(
            self.service,
            self.update_with,
            given,
            {self.key: physical_id, "ApplyImmediately": True},
        )

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        named = {self.key: physical_id, "SkipFinalSnapshot": True}
        aws.call(self.service, self.delete_with, named)

    def snapshot(self, aws: Aws, physical_id: str, name: str) -> None:
        aws.call(self.service, self.snapshot_with, {self.key: physical_id, self.final: name})


def in_words_of_api(properties: Properties) -> dict[str, Any]:
    given = dict(properties)
    if "VPCSecurityGroups" in given:
        given["VpcSecurityGroupIds"] = given.pop("VPCSecurityGroups")
    return given


@dataclass(frozen=True, kw_only=True)
class ParameterGroup(Kind):
    set_with: str

    def create(self, aws: Aws, properties: Properties) -> str:
        words = {"DBParameterGroupFamily": properties["Family"], self.key: properties[self.name]}
        name = super().create(aws, {**properties, **words})
        self.set(aws, name, properties)
        return name

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.set(aws, physical_id, properties)

    def set(self, aws: Aws, name: str, properties: Properties) -> None:
        parameters = [
            {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            for key, value in properties.get("Parameters", {}).items()
        ]
        if parameters:
            aws.call(self.service, self.set_with, {self.key: name, "Parameters": parameters})


def subnet_group(service: str) -> Kind:
    return Kind(
        service=service,
        create_with="create_db_subnet_group",
        id_at="DBSubnetGroup.DBSubnetGroupName",
        delete_with="delete_db_subnet_group",
        key="DBSubnetGroupName",
        update_with="modify_db_subnet_group",
        name="DBSubnetGroupName",
        longest=255,
    )


KINDS: dict[str, Kind] = {
    "AWS::RDS::DBSubnetGroup": subnet_group("rds"),
    "AWS::DocDB::DBSubnetGroup": subnet_group("docdb"),
    "AWS::RDS::DBParameterGroup": ParameterGroup(
        service="rds",
        create_with="create_db_parameter_group",
        id_at="DBParameterGroup.DBParameterGroupName",
        delete_with="delete_db_parameter_group",
        set_with="modify_db_parameter_group",
        key="DBParameterGroupName",
        name="DBParameterGroupName",
        longest=255,
    ),
    "AWS::DocDB::DBClusterParameterGroup": ParameterGroup(
        service="docdb",
        create_with="create_db_cluster_parameter_group",
        id_at="DBClusterParameterGroup.DBClusterParameterGroupName",
        delete_with="delete_db_cluster_parameter_group",
        set_with="modify_db_cluster_parameter_group",
        key="DBClusterParameterGroupName",
        name="Name",
        longest=255,
    ),
    "AWS::RDS::DBInstance": Database(
        service="rds",
        create_with="create_db_instance",
        id_at="DBInstance.DBInstanceIdentifier",
        delete_with="delete_db_instance",
        update_with="modify_db_instance",
        key="DBInstanceIdentifier",
        describe_with="describe_db_instances",
        described_at="DBInstances[0]",
        attributes={
            "DBInstanceArn": "DBInstanceArn",
            "Endpoint.Address": "Endpoint.Address",
            "Endpoint.Port": "Endpoint.Port",
            "MasterUserSecret.SecretArn": "MasterUserSecret.SecretArn",
        },
        name="DBInstanceIdentifier",
        longest=63,
        fixed={},
        snapshot_with="create_db_snapshot",
        final="DBSnapshotIdentifier",
    ),
    "AWS::DocDB::DBCluster": Database(
        service="docdb",
        create_with="create_db_cluster",
        id_at="DBCluster.DBClusterIdentifier",
        delete_with="delete_db_cluster",
        update_with="modify_db_cluster",
        key="DBClusterIdentifier",
        describe_with="describe_db_clusters",
        described_at="DBClusters[0]",
        attributes={
            "ClusterResourceId": "DbClusterResourceId",
            "Endpoint": "Endpoint",
            "Port": "Port",
            "ReadEndpoint": "ReaderEndpoint",
        },
        name="DBClusterIdentifier",
        longest=63,
        fixed={"Engine": "docdb"},
        snapshot_with="create_db_cluster_snapshot",
        final="DBClusterSnapshotIdentifier",
    ),
    "AWS::DocDB::DBInstance": Database(
        service="docdb",
        create_with="create_db_instance",
        id_at="DBInstance.DBInstanceIdentifier",
        delete_with="delete_db_instance",
        update_with="modify_db_instance",
        key="DBInstanceIdentifier",
        describe_with="describe_db_instances",
        described_at="DBInstances[0]",
        attributes={"Endpoint": "Endpoint.Address", "Port": "Endpoint.Port"},
        name="DBInstanceIdentifier",
        longest=63,
        fixed={"Engine": "docdb"},
    ),
}
