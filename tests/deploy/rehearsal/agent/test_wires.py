"""What a task gets to by the names in its environment, and what it does not."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deploy.ecs.rehearsal.agent.wires import options
from tests.deploy.rehearsal.agent.ground import Ground, until
from tests.deploy.rehearsal.agent.model import (
    ALL,
    ENDPOINTS,
    gateway,
    modelled,
    network,
    role,
    without,
)

NAME = "peer.shop.internal"
DISCOVERY = {
    "Namespace": {
        "Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
        "Properties": {"Name": "shop.internal", "Vpc": {"Ref": "Vpc"}},
    },
    "Discovery": {
        "Type": "AWS::ServiceDiscovery::Service",
        "Properties": {"Name": "peer", "NamespaceId": {"Ref": "Namespace"}},
    },
}
REGISTRY = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
SECRETS = "secretsmanager:GetSecretValue"


class Caller:
    """A task that does as it is asked, with these variables."""

    def __init__(self, ground: Ground, variables: dict[str, str], **changes: Any) -> None:
        given = {"PORT": "8000"} | variables
        environment = [{"name": name, "value": value} for name, value in given.items()]
        arn = ground.run(ground.define("caller", environment=environment, **changes))
        until(lambda: ground.task(arn), lambda task: task["lastStatus"] == "RUNNING")
        self.task = ground.agent.launching.tasks[arn.rpartition("/")[2]]

    def ask(self, path: str) -> str:
        port = self.task.real_ports[8000]
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).text


def peer(ground: Ground, **more: Any) -> None:
    ground.serve(ground.define("peer"), **more)
    ground.stable()


def test_peer_by_its_name(ground: Ground, tmp_path: Path) -> None:
    modelled(ground, tmp_path, network(default_route="nat") | DISCOVERY)
    peer(ground, serviceRegistries=[{"registryArn": REGISTRY}])
    caller = Caller(ground, {"PEER_URL": f"http://{NAME}:8000"})

    name, *headers = caller.ask("/fetch/PEER_URL").splitlines()

    assert name == "peer"
    assert f"Host: {NAME}:8000" in headers
    assert not [each for each in headers if each.startswith("X-Forwarded")]
    assert caller.ask("/variable/PEER_URL") == f"http://{NAME}:8000"


def test_peer_that_lets_nobody_in(ground: Ground, tmp_path: Path) -> None:
    modelled(ground, tmp_path, network(default_route="nat", ingress=[]) | DISCOVERY)
    peer(ground, serviceRegistries=[{"registryArn": REGISTRY}])
    caller = Caller(ground, {"PEER_URL": f"http://{NAME}:8000"})

    assert "timed out" in caller.ask("/fetch/PEER_URL")


@pytest.mark.parametrize(("route", "arrives"), [("nat", True), ("", False)])
def test_public_load_balancer_from_inside(
    ground: Ground, tmp_path: Path, route: str, arrives: bool
) -> None:
    """It has public addresses, which a network without a way out does not reach."""

    resources = network(default_route=route, ingress=[ALL]) | ENDPOINTS
    modelled(ground, tmp_path, resources | {"Storage": gateway()})
    group = ground.target_group("app")
    ground.rule(group, 10, "/*")
    peer(
        ground,
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8000}],
    )
    caller = Caller(ground, {"PEER_URL": f"http://{ground.host}"})

    answer = caller.ask("/fetch/PEER_URL")

    assert answer.startswith("peer") if arrives else "timed out" in answer
    if arrives:
        assert f"Host: {ground.host}" in answer
        assert "X-Forwarded-For: 127.0.0.1\n" in answer


def test_what_means_nothing_stays(ground: Ground) -> None:
    variables = {
        "PEER_URL": "http://catalog.default.svc.cluster.local:8000",
        "BASE_URL": f"http://{ground.host}",
        "WORDS": "http://[::1",
    }
    caller = Caller(ground, variables)

    assert {name: caller.ask(f"/variable/{name}") for name in variables} == variables
    assert "Name or service not known" in caller.ask("/fetch/PEER_URL") or "URLError" in caller.ask(
        "/fetch/PEER_URL"
    )


def database(ground: Ground) -> str:
    """Its URL as on AWS."""
    made = ground.cloud.client("rds").create_db_instance(
        DBInstanceIdentifier="shop",
        Engine="postgres",
        EngineVersion="17.4",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="master",
        ManageMasterUserPassword=True,
        Port=5432,
    )["DBInstance"]
    endpoint = made["Endpoint"]
    return f"postgresql://{endpoint['Address']}:{endpoint['Port']}/postgres?sslmode=verify-full"


def password(ground: Ground) -> str:
    [found] = ground.cloud.client("rds").describe_db_instances()["DBInstances"]
    arn = found["MasterUserSecret"]["SecretArn"]
    answer = ground.cloud.client("secretsmanager").get_secret_value(SecretId=arn)
    return str(json.loads(answer["SecretString"])["password"])


DATABASE = {
    "Database": {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "DBInstanceIdentifier": "shop",
            "Engine": "postgres",
            "VPCSecurityGroups": [{"Ref": "Group"}],
        },
    }
}


@pytest.mark.parametrize("is_open", [True, False])
def test_database(ground: Ground, tmp_path: Path, is_open: bool) -> None:
    port = {"IpProtocol": "tcp", "FromPort": 5432 if is_open else 27017, "CidrIp": "10.0.0.0/16"}
    rule = port | {"ToPort": port["FromPort"]}
    modelled(ground, tmp_path, network(ingress=[rule], default_route="nat") | DATABASE)
    url = database(ground)
    patience = "20" if is_open else "2"
    variables = {"DATABASE_URL": url, "PASSWORD": password(ground), "PATIENCE": patience}
    caller = Caller(ground, variables)

    answer = caller.ask("/fetch/DATABASE_URL")

    assert ("('master', 'postgres')" if is_open else "ConnectionTimeout") in answer
    assert ("connect_timeout=" in caller.ask("/variable/DATABASE_URL")) is is_open


def test_options_of_a_url_stay() -> None:
    url = "mongodb://h/db?readPreferenceTags=dc:a&readPreferenceTags=&connecttimeoutms=9&tls=true"
    given = dict.fromkeys(["connectTimeoutMS", "waitQueueTimeoutMS"], 5)
    assert options(urlsplit(url), given) == [
        ("waitQueueTimeoutMS", 5),
        ("readPreferenceTags", "dc:a"),
        ("readPreferenceTags", ""),
        ("connecttimeoutms", "9"),
        ("directConnection", "true"),
    ]


def test_wrong_password(ground: Ground) -> None:
    caller = Caller(ground, {"DATABASE_URL": database(ground), "PASSWORD": "wrong"})

    assert "password authentication failed" in caller.ask("/fetch/DATABASE_URL")


@pytest.mark.parametrize(
    ("resources", "role_arn", "answer"),
    [
        (network(default_route="nat") | {"Task": role(SECRETS)}, "task", "hidden"),
        (
            network(default_route="nat") | {"Task": role("s3:GetObject")},
            "task",
            "User: "
            "arn:aws:sts::123456789012:assumed-role/task/{task} is not authorized to perform: "
            "secretsmanager:GetSecretValue on resource: {secret} because no identity-based policy "
            "allows the secretsmanager:GetSecretValue action",
        ),
        (network(default_route="nat"), "", "NoCredentialsError"),
    ],
)
def test_secrets_manager(
    ground: Ground, tmp_path: Path, resources: dict[str, Any], role_arn: str, answer: str
) -> None:
    modelled(ground, tmp_path, resources)
    secret = ground.cloud.client("secretsmanager").create_secret(Name="a", SecretString="hidden")
    arn = f"arn:aws:iam::{ground.cloud.account}:role/{role_arn}" if role_arn else ""
    caller = Caller(ground, {}, taskRoleArn=arn)

    found = caller.ask(f"/secret/{secret['ARN']}")

    assert answer.format(task=caller.task.id, secret=secret["ARN"]) in found


def test_no_way_to_secrets_manager(ground: Ground, tmp_path: Path) -> None:

    endpoints = without(ENDPOINTS, "secretsmanager")
    modelled(
        ground, tmp_path, network() | endpoints | {"Storage": gateway(), "Task": role(SECRETS)}
    )
    caller = Caller(ground, {}, taskRoleArn=f"arn:aws:iam::{ground.cloud.account}:role/task")

    assert "ConnectTimeoutError" in caller.ask("/secret/a")
