"""Every template is created in moto's server, as far as moto goes: moto_gaps.py names what it
lacks. It keeps neither a bastion's egress rules nor its metadata options, so that those are tested
on the templates alone."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from moto.cloudformation import parsing
from moto.server import ThreadedMotoServer

from tests.deploy.templates import moto_gaps
from tests.deploy.templates.deployed import DEPLOYED, SHAPES, Shape
from tests.deploy.templates.stack import FOLDER, NAMES, Stack, read

Create = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with moto_gaps.closed():
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture
def aws(endpoint: str) -> Callable[[str], Any]:
    session = boto3.Session("unused", "unused", region_name="us-east-1")
    return lambda service: session.client(service, endpoint_url=endpoint)


@pytest.fixture
def create(endpoint: str, aws: Callable[[str], Any]) -> Create:
    requests.post(f"{endpoint}/moto-api/reset", timeout=10).raise_for_status()
    cloudformation = aws("cloudformation")

    def create(name: str, **parameters: str) -> dict[str, str]:
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=(FOLDER / f"{name}.yaml").read_text(),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        assert set(outputs) == set(Stack(name, **parameters).outputs)
        assert all(value and "{" not in value for value in outputs.values()), outputs
        return outputs

    return create


def test_what_moto_lacks() -> None:
    known = set(parsing.get_model_map())
    needed = {each["Type"] for name in NAMES for each in read(name)["Resources"].values()}
    assert needed - known == moto_gaps.LACKING


def test_registry(create: Create, aws: Callable[[str], Any]) -> None:
    outputs = create("registry", Project="shop", KeptImages="50")
    ecr = aws("ecr")
    [repository] = ecr.describe_repositories()["repositories"]
    assert repository["repositoryName"] == outputs["RepositoryName"] == "shop-production"
    assert repository["repositoryUri"] == outputs["RepositoryUri"]
    assert repository["repositoryArn"] == outputs["RepositoryArn"]
    assert repository["imageTagMutability"] == "IMMUTABLE"


@pytest.mark.parametrize("zones", ["one", "both"])
@pytest.mark.parametrize("egress", ["none", "endpoints", "nat"])
def test_network(egress: str, zones: str, create: Create, aws: Callable[[str], Any]) -> None:
    outputs = create(
        "network",
        Egress=egress,
        EndpointZones=zones,
        NatZones=zones,
        Launch="ec2",
        Exec="yes",
        Bastion="yes",
        VpcCidr="10.8.0.0/16",
        Zones="us-east-1b,us-east-1c",
    )
    ec2 = aws("ec2")
    found = ec2.describe_subnets(
        SubnetIds=[*outputs["PublicSubnets"].split(","), *outputs["PrivateSubnets"].split(",")]
    )["Subnets"]
    assert sorted((each["CidrBlock"], each["AvailabilityZone"]) for each in found) == [
        ("10.8.0.0/24", "us-east-1b"),
        ("10.8.1.0/24", "us-east-1c"),
        ("10.8.2.0/24", "us-east-1b"),
        ("10.8.3.0/24", "us-east-1c"),
    ]
    inside = [{"Name": "vpc-id", "Values": [outputs["VpcId"]]}]
    endpoints = ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]
    assert len(endpoints) == (11 if egress == "endpoints" else 1)
    gateways = ec2.describe_nat_gateways(Filters=inside)["NatGateways"]
    assert len(gateways) == (0 if egress != "nat" else 1 if zones == "one" else 2)
    default = [
        route.get("NatGatewayId") or route["GatewayId"]
        for table in ec2.describe_route_tables(Filters=inside)["RouteTables"]
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
    ]
    assert len(default) == (3 if egress == "nat" else 1)
    assert {each["NatGatewayId"] for each in gateways} == {
        each for each in default if each.startswith("nat-")
    }


@pytest.mark.parametrize("documentdb", ["no", "yes"])
def test_data(documentdb: str, create: Create, aws: Callable[[str], Any]) -> None:
    network = create("network")
    outputs = create(
        "data",
        VpcId=network["VpcId"],
        Subnets=network["PrivateSubnets"],
        DocumentDB=documentdb,
        DocumentDBInstances="3",
        DocumentDBLogs="yes",
    )
    [instance] = aws("rds").describe_db_instances()["DBInstances"]
    assert outputs["PostgreSQLInstance"] == instance["DBInstanceIdentifier"]
    assert outputs["PostgreSQLHost"] == instance["Endpoint"]["Address"]
    assert outputs["PostgreSQLPort"] == "5432"
    assert outputs["PostgreSQLMasterSecret"] == instance["MasterUserSecret"]["SecretArn"]
    [group] = instance["VpcSecurityGroups"]
    assert outputs["PostgreSQLSecurityGroup"] == group["VpcSecurityGroupId"]
    if documentdb == "yes":
        assert outputs["DocumentDBCluster"] == "little-ecom-production-documentdb"
        assert outputs["DocumentDBHost"].startswith("little-ecom-production-documentdb.")
    assert instance["StorageEncrypted"] is instance["DeletionProtection"] is True
    logs = aws("logs").describe_log_groups()["logGroups"]
    assert {each["retentionInDays"] for each in logs} == {30}
    assert len(logs) == (4 if documentdb == "yes" else 2)


@pytest.mark.parametrize("egress", ["address", "nat", "endpoints"])
@pytest.mark.parametrize("documentdb", ["no", "yes"])
def test_bastion(egress: str, documentdb: str, create: Create, aws: Callable[[str], Any]) -> None:
    network = create("network")
    data = create(
        "data", VpcId=network["VpcId"], Subnets=network["PrivateSubnets"], DocumentDB=documentdb
    )
    subnets = network["PublicSubnets" if egress == "address" else "PrivateSubnets"]
    outputs = create(
        "bastion",
        VpcId=network["VpcId"],
        VpcCidr=network["VpcCidr"],
        Subnet=subnets.split(",")[0],
        Egress=egress,
        PostgreSQLHost=data["PostgreSQLHost"],
        PostgreSQLSecurityGroup=data["PostgreSQLSecurityGroup"],
        DocumentDBHost=data.get("DocumentDBHost", ""),
        DocumentDBSecurityGroup=data.get("DocumentDBSecurityGroup", ""),
    )
    ec2 = aws("ec2")
    [reservation] = ec2.describe_instances(InstanceIds=[outputs["InstanceId"]])["Reservations"]
    [instance] = reservation["Instances"]
    assert instance["Placement"]["AvailabilityZone"] == outputs["Zone"]
    assert instance["Architecture"] == "arm64"
    groups = [data[key] for key in data if key.endswith("SecurityGroup")]
    for group in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]:
        [rule] = group["IpPermissions"]
        [source] = rule["UserIdGroupPairs"]
        assert source["GroupId"] == outputs["SecurityGroup"]
    parameter = aws("ssm").get_parameter(Name=outputs["HostKeyParameter"])["Parameter"]
    assert parameter["Value"] == "pending"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_cluster_and_service(shape: Shape, create: Create, aws: Callable[[str], Any]) -> None:
    network = create("network")
    data = create("data", VpcId=network["VpcId"], Subnets=network["PrivateSubnets"])
    subnets = network["PublicSubnets" if shape.public == "yes" else "PrivateSubnets"]
    database = data["PostgreSQLSecurityGroup"]
    zone = aws("route53").create_hosted_zone(Name="shop.example.com", CallerReference="1")
    outputs = create(
        "cluster",
        **shape.cluster()
        | {
            "VpcId": network["VpcId"],
            "PublicSubnets": network["PublicSubnets"],
            "TaskSubnets": subnets,
            "PostgreSQLSecurityGroup": database,
            "HostedZoneId": zone["HostedZone"]["Id"].removeprefix("/hostedzone/"),
        },
    )
    place = {"VpcId": network["VpcId"], "Subnets": subnets}
    from_cluster = {key: outputs[key] for key in DEPLOYED if key in outputs}
    if shape.mode == "awsvpc":
        from_cluster["DatabaseSecurityGroup"] = database
    service = create("service", **shape.service() | place | from_cluster)
    assert service["Service"] == "accounts"
    assert service["TaskDefinition"].endswith("task-definition/little-ecom-production-accounts:1")
    tasks = outputs.get("InstanceSecurityGroup")
    if shape.mode == "awsvpc":
        tasks, _ = service["TaskSecurityGroups"].split(",")
    rules = aws("ec2").describe_security_groups(GroupIds=[database])["SecurityGroups"][0]
    [rule] = rules["IpPermissions"]
    assert [each["GroupId"] for each in rule["UserIdGroupPairs"]] == [tasks]
    elb = aws("elbv2")
    groups = elb.describe_target_groups()["TargetGroups"]
    assert {each["TargetType"] for each in groups} == {
        "ip" if shape.mode == "awsvpc" else "instance"
    }
    assert len(groups) == (2 if shape.is_internal else 1)
    [running] = aws("ecs").describe_services(cluster=outputs["Cluster"], services=["accounts"])[
        "services"
    ]
    assert {each["targetGroupArn"] for each in running["loadBalancers"]} == {
        each["TargetGroupArn"] for each in groups
    }
    for listener in {outputs["ListenerArn"], outputs.get("InternalListenerArn")} - {None}:
        found = elb.describe_rules(ListenerArn=listener)["Rules"]
        assert {each["Priority"] for each in found} == {"200", "201", "default"}
