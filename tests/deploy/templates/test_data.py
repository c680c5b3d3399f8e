from typing import Any

import pytest

from tests.deploy.templates.stack import Stack

BOTH = {"DocumentDB": "yes"}


@pytest.fixture(params=["PostgreSQL", "DocumentDBCluster"])
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    return Stack("data", **BOTH).resources[request.param]


def test_encrypted_and_backed_up(database: dict[str, Any]) -> None:
    properties = database["Properties"]
    assert properties["StorageEncrypted"] is True
    assert properties["BackupRetentionPeriod"] == 7
    assert properties["CopyTagsToSnapshot"] is True


def test_hard_to_delete(database: dict[str, Any]) -> None:
    assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"
    assert database["Properties"]["DeletionProtection"] is True


def test_named_so_that_it_cannot_be_replaced(database: dict[str, Any]) -> None:
    properties = database["Properties"]
    name = properties.get("DBInstanceIdentifier") or properties["DBClusterIdentifier"]
    assert name["Fn::Sub"].startswith("${Project}-${Environment}")


def test_aws_makes_and_changes_the_password(database: dict[str, Any]) -> None:
    assert database["Properties"]["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in database["Properties"]


@pytest.mark.parametrize("name", ["PostgreSQL", "DocumentDBCluster"])
def test_deletion_protection_can_be_lifted(name: str) -> None:
    stack = Stack("data", DeletionProtection="no", **BOTH)
    assert stack.properties(name)["DeletionProtection"] is False


def test_tls_only() -> None:
    stack = Stack("data", **BOTH)
    postgresql = stack.properties("PostgreSQLParameters")
    assert postgresql["Parameters"]["rds.force_ssl"] == "1"
    assert stack.properties("PostgreSQL")["DBParameterGroupName"] == {"Ref": "PostgreSQLParameters"}
    documentdb = stack.properties("DocumentDBParameters")
    assert documentdb["Parameters"]["tls"] == "enabled"
    cluster = stack.properties("DocumentDBCluster")
    assert cluster["DBClusterParameterGroupName"] == {"Ref": "DocumentDBParameters"}


def test_parameter_groups_fit_the_engines() -> None:
    stack = Stack("data", **BOTH)
    version = stack.properties("PostgreSQL")["EngineVersion"]
    assert stack.properties("PostgreSQLParameters")["Family"] == f"postgres{version.split('.')[0]}"
    version = stack.properties("DocumentDBCluster")["EngineVersion"]
    assert version == "5.0.0"
    assert stack.properties("DocumentDBParameters")["Family"] == "docdb5.0"


def test_private() -> None:
    stack = Stack("data", **BOTH)
    assert stack.properties("PostgreSQL")["PubliclyAccessible"] is False
    for kind in ("PostgreSQL", "DocumentDB"):
        group = stack.properties(f"{kind}SecurityGroup")
        assert "SecurityGroupIngress" not in group
        [rule] = group["SecurityGroupEgress"]
        assert (rule["IpProtocol"], rule["CidrIp"]) == ("-1", "127.0.0.1/32")
        assert stack.properties(f"{kind}Subnets")["SubnetIds"] == {"Ref": "Subnets"}
    assert stack.properties("PostgreSQL")["VPCSecurityGroups"] == [
        {"Ref": "PostgreSQLSecurityGroup"}
    ]
    assert stack.properties("DocumentDBCluster")["VpcSecurityGroupIds"] == [
        {"Ref": "DocumentDBSecurityGroup"}
    ]


def test_the_disk_grows_by_itself() -> None:
    instance = Stack("data").properties("PostgreSQL")
    assert instance["StorageType"] == "gp3"
    assert instance["MaxAllocatedStorage"] > 1.25 * instance["AllocatedStorage"]


@pytest.mark.parametrize("wanted", ["yes", "no"])
def test_multi_az(wanted: str) -> None:
    assert Stack("data", MultiAZ=wanted).properties("PostgreSQL")["MultiAZ"] is (wanted == "yes")


def test_minor_versions_come_by_themselves() -> None:
    assert Stack("data").properties("PostgreSQL")["AutoMinorVersionUpgrade"] is True


@pytest.mark.parametrize("count", ["1", "2", "3"])
def test_the_cluster_has_instances(count: str) -> None:
    instances = Stack("data", DocumentDBInstances=count, **BOTH).of_type("AWS::DocDB::DBInstance")
    assert len(instances) == int(count)
    for instance in instances.values():
        assert instance["DBClusterIdentifier"] == {"Ref": "DocumentDBCluster"}


def test_without_documentdb_nothing_of_it_is_there() -> None:
    stack = Stack("data", DocumentDBInstances="3", DocumentDBLogs="yes")
    assert not [name for name in (*stack.resources, *stack.outputs) if name.startswith("Document")]


def log_groups(stack: Stack) -> list[str]:
    return [
        group["LogGroupName"]["Fn::Sub"] for group in stack.of_type("AWS::Logs::LogGroup").values()
    ]


def test_logs_are_kept_for_a_time() -> None:
    stack = Stack("data", DocumentDBLogs="yes", LogDays="14", **BOTH)
    for group in stack.of_type("AWS::Logs::LogGroup").values():
        assert group["RetentionInDays"] == "14"
    postgresql = stack.properties("PostgreSQL")
    cluster = stack.properties("DocumentDBCluster")
    assert log_groups(stack) == [
        f"/aws/rds/instance/{postgresql['DBInstanceIdentifier']['Fn::Sub']}/{log}"
        for log in postgresql["EnableCloudwatchLogsExports"]
    ] + [
        f"/aws/docdb/{cluster['DBClusterIdentifier']['Fn::Sub']}/{log}"
        for log in cluster["EnableCloudwatchLogsExports"]
    ]


def test_documentdb_does_not_log_unless_asked() -> None:
    stack = Stack("data", **BOTH)
    parameters = stack.properties("DocumentDBParameters")["Parameters"]
    assert parameters["audit_logs"] == parameters["profiler"] == "disabled"
    assert "EnableCloudwatchLogsExports" not in stack.properties("DocumentDBCluster")
    assert not [name for name in log_groups(stack) if "docdb" in name]
