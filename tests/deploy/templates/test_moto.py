"""Every template is created, changed and deleted in a rehearsal's account, as far as moto goes. It
keeps neither a bastion's egress rules nor its metadata options, so that those are tested on the
templates alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.cloud import Cloud
from deploy.ecs.rehearsal.cloud.resources import KINDS
from tests.deploy.rehearsal.cloud import stacks
from tests.deploy.templates.deployed import DEPLOYED, SHAPES, Shape
from tests.deploy.templates.stack import FOLDER, NAMES, Stack, read

Create = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud("us-east-1", Clock(rate=1_000_000)) as cloud:
        yield cloud


@pytest.fixture
def aws(cloud: Cloud) -> Callable[[str], Any]:
    return cloud.client


@pytest.fixture
def create(cloud: Cloud) -> Iterator[Create]:
    """What a test creates is deleted in the end, so that each template is deleted too."""
    created: dict[str, dict[str, str]] = {}

    def create(name: str, **parameters: str) -> dict[str, str]:
        stack = stacks.create(cloud, name, body(name), **parameters)
        assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures(cloud, name)
        created[name] = parameters
        outputs = stacks.outputs(stack)
        assert set(outputs) == set(Stack(name, **parameters).outputs)
        assert all(value and "{" not in value for value in outputs.values()), outputs
        return outputs

    yield create
    if "data" in created:
        unprotected = created["data"] | {"DeletionProtection": "no"}
        stack = stacks.update(cloud, "data", body("data"), **unprotected)
        assert stack["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(cloud, "data")
    for name in reversed(created):
        stack = stacks.delete(cloud, name)
        assert stack["StackStatus"] == "DELETE_COMPLETE", stacks.failures(cloud, stack["StackId"])


def body(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text()


def test_all_types_are_known() -> None:
    # github.yaml is an administrator's, and in no rehearsal.
    templates = [read(name)["Resources"] for name in NAMES if name != "github"]
    needed = {each["Type"] for resources in templates for each in resources.values()}
    assert needed <= KINDS.keys()


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
    [instance] = aws("rds").describe_db_instances(DBInstanceIdentifier="little-ecom-production")[
        "DBInstances"
    ]
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
def test_cluster_and_service(
    shape: Shape, create: Create, cloud: Cloud, aws: Callable[[str], Any]
) -> None:
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
    assert "task-definition/little-ecom-production-accounts:" in service["TaskDefinition"]
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
    if shape.mode == "awsvpc":
        placed = running["networkConfiguration"]["awsvpcConfiguration"]
        assert ",".join(placed["subnets"]) == subnets
    [strategy] = running["capacityProviderStrategy"]
    assert strategy["capacityProvider"] == outputs["CapacityProvider"]
    assert running["healthCheckGracePeriodSeconds"] == 60
    assert running["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] is True
    given = shape.service() | place | from_cluster
    update_image(cloud, given)
    assert instances(aws) == (1 if shape.launch == "ec2" else 0)


@pytest.fixture
def update(cloud: Cloud) -> Callable[..., set[str]]:
    def update(name: str, **parameters: str) -> set[str]:
        """What was replaced."""
        before = cloud.physical_ids(name)
        stack = stacks.update(cloud, name, body(name), **parameters)
        assert stack["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(cloud, name)
        after = cloud.physical_ids(name)
        return {each for each in before.keys() & after.keys() if before[each] != after[each]}

    return update


def test_changed_network(create: Create, update: Callable[..., set[str]]) -> None:
    create("network")
    assert not update("network", Egress="nat")
    assert not update("network", Egress="nat", NatZones="both")
    assert not update("network", Egress="endpoints")
    everything = {"EndpointZones": "both", "Bastion": "yes", "Launch": "ec2", "Exec": "yes"}
    assert not update("network", Egress="endpoints", **everything)
    assert not update("network")


def test_changed_databases(create: Create, update: Callable[..., set[str]]) -> None:
    network = create("network")
    place = {"VpcId": network["VpcId"], "Subnets": network["PrivateSubnets"]}
    create("data", **place)
    larger = {"PostgreSQLClass": "db.t4g.small", "MultiAZ": "yes", "BackupDays": "3"}
    assert not update("data", **place, **larger, LogDays="7")
    unprotected = place | {"DeletionProtection": "no"}
    assert not update("data", **unprotected, DocumentDB="yes", DocumentDBLogs="yes")
    assert not update("data", **unprotected, DocumentDB="yes", DocumentDBInstances="3")
    assert not update("data", **place)


def test_changed_service(
    create: Create, update: Callable[..., set[str]], aws: Callable[[str], Any]
) -> None:
    """And its cluster, whose instances are replaced with their launch template."""
    network = create("network")
    subnets = network["PublicSubnets"]
    shape = Shape("ec2", "bridge", "yes")
    http = {"DomainName": "", "HostedZoneId": "", "AllowHttp": "yes"}
    place = {"VpcId": network["VpcId"], "PublicSubnets": subnets, "TaskSubnets": subnets}
    group = aws("ec2").create_security_group(GroupName="x", Description="x", VpcId=place["VpcId"])
    cluster = shape.cluster() | http | place | {"PostgreSQLSecurityGroup": group["GroupId"]}
    outputs = create("cluster", **cluster)
    assert not update("cluster", **cluster | {"InstanceMax": "4", "InstanceMin": "2"})
    assert not update("cluster", **cluster | {"InstanceType": "t3.small", "AlarmEmail": ""})
    assert instances(aws) == 2
    given = shape.service() | {"VpcId": network["VpcId"], "Subnets": subnets}
    given |= {key: outputs[key] for key in DEPLOYED if key in outputs}
    create("service", **given)
    scaled = given | {"MinTasks": "2", "MaxTasks": "3"}
    assert update("service", **scaled) == {"TaskDefinition"}  # it knows how many there may be
    idle = scaled | {"DailyCommand": "", "FrequentCommand": "", "AlarmTopicArn": ""}
    assert not update("service", **idle)
    assert not update("service", **idle | {"PathPatterns": "/x", "Priority": "30"})
    changed = update("service", **idle, ContainerPort="9000")
    assert changed == {"TargetGroup", "TaskDefinition"}


def update_image(cloud: Cloud, given: dict[str, str]) -> None:
    """A new image is a new revision and its service, and nothing else."""
    before = cloud.physical_ids("service")
    newer = given | {"Image": given["Image"].replace("1.0.0", "1.0.1")}
    stack = stacks.update(cloud, "service", body("service"), **newer)
    assert stack["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(cloud, "service")
    after = cloud.physical_ids("service")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"TaskDefinition"}
    outputs = stacks.outputs(stack)
    client = cloud.client("ecs")
    [service] = client.describe_services(cluster=given["Cluster"], services=[given["Service"]])[
        "services"
    ]
    assert service["taskDefinition"] == outputs["TaskDefinition"] == after["TaskDefinition"]
    found = client.describe_task_definition(taskDefinition=before["TaskDefinition"])
    assert found["taskDefinition"]["status"] == "INACTIVE"


def instances(aws: Callable[[str], Any]) -> int:
    """Those that the cluster's auto scaling group has started."""
    ec2 = aws("ec2")
    name = [{"Name": "tag:Name", "Values": ["little-ecom-production-ecs"]}]
    state = [{"Name": "instance-state-name", "Values": ["running"]}]
    found = ec2.describe_instances(Filters=name + state)["Reservations"]
    return sum(len(each["Instances"]) for each in found)
