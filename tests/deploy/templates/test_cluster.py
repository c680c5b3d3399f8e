import json
import re
from itertools import product
from typing import Any

import pytest

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from tests.deploy.templates.deployed import CLUSTER, SHAPES, Shape, plain
from tests.deploy.templates.rules import refusals
from tests.deploy.templates.stack import FOLDER, read

COUNTS = ["1", "2", "3", "4", "6", "8"]
# Network interfaces, of which the first is the instance's own.
INTERFACES = {"t2.micro": 2, "t3.micro": 2}
HTTP = {"DomainName": "", "HostedZoneId": "", "AllowHttp": "yes"}
BRIDGE = {"Launch": "ec2", "NetworkMode": "bridge"}


def cluster(**given: str) -> Stack:
    template = Template.read(FOLDER / "cluster.yaml")
    environment = Environment("eu-central-1", "123456789012", "cluster")
    stack = evaluate(template, CLUSTER | given, environment)
    assert not stack.problems, [str(each) for each in stack.problems]
    return stack


def properties(stack: Stack, name: str) -> dict[str, Any]:
    return dict(plain(stack.resources[name].properties))


def refused(**given: str) -> list[str]:
    return refusals("cluster", CLUSTER | given)


def test_https() -> None:
    stack = cluster()
    listener = properties(stack, "Listener")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["Certificates"] == [{"CertificateArn": "Certificate"}]
    [redirect] = properties(stack, "HttpListener")["DefaultActions"]
    assert redirect["RedirectConfig"]["Protocol"] == "HTTPS"
    assert properties(stack, "Alias")["Name"] == "shop.example.com"
    assert stack.outputs["BaseUrl"].value == "https://shop.example.com"
    assert stack.outputs["HostName"].value == "shop.example.com"


def test_a_certificate_of_ones_own() -> None:
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0a-1b"
    stack = cluster(CertificateArn=arn, HostedZoneId="")
    assert properties(stack, "Listener")["Certificates"] == [{"CertificateArn": arn}]
    assert not {"Certificate", "Alias"} & set(stack.resources)


def test_http() -> None:
    stack = cluster(**HTTP)
    listener = properties(stack, "Listener")
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert not {"SslPolicy", "Certificates"} & set(listener)
    assert not {"HttpListener", "Certificate", "Alias"} & set(stack.resources)
    assert plain(stack.outputs["BaseUrl"].value) == "http://LoadBalancer.DNSName"
    ports = [
        rule["FromPort"]
        for rule in properties(stack, "LoadBalancerSecurityGroup")["SecurityGroupIngress"]
    ]
    assert ports == [80]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (HTTP | {"AllowHttp": "no"}, "Without DomainName there is no HTTPS"),
        ({"DomainName": "", "AllowHttp": "yes"}, "A certificate or a zone needs the DomainName"),
        ({"HostedZoneId": ""}, "A DomainName needs a CertificateArn, or a HostedZoneId"),
        (BRIDGE | {"PostgreSQLSecurityGroup": ""}, "it is the instances that reach a database"),
    ],
)
def test_refused(given: dict[str, str], sentence: str) -> None:
    [found] = refused(**given)
    assert sentence in found


@pytest.mark.parametrize(("least", "most"), list(product(COUNTS, COUNTS)))
def test_instances_are_in_order(least: str, most: str) -> None:
    found = refused(InstanceMin=least, InstanceMax=most)
    expected = ["InstanceMin is more than InstanceMax."] if int(least) > int(most) else []
    assert found == expected


@pytest.mark.parametrize("most", COUNTS)
@pytest.mark.parametrize("kind", read("cluster")["Parameters"]["InstanceType"]["AllowedValues"])
def test_two_services_and_an_update_find_interfaces(kind: str, most: str) -> None:
    """P03, P08."""
    given = {"Launch": "ec2", "NetworkMode": "awsvpc", "InstanceType": kind, "InstanceMax": most}
    places = int(most) * (INTERFACES.get(kind, 3) - 1)
    assert bool(refused(**given)) is (places < 3)


def test_every_kind_of_instance_is_in_the_table() -> None:
    template = read("cluster")
    kinds = template["Parameters"]["InstanceType"]["AllowedValues"]
    assert sorted(template["Mappings"]["InstanceTypes"]) == sorted(kinds)
    assert read("service")["Parameters"]["InstanceType"]["AllowedValues"] == kinds
    for kind, facts in template["Mappings"]["InstanceTypes"].items():
        assert (facts["Burstable"] == "yes") is kind.startswith("t")


@pytest.mark.parametrize(("kind", "credits"), [("t3.micro", True), ("m5.large", False)])
def test_credits(kind: str, credits: bool) -> None:
    data = properties(cluster(**BRIDGE, InstanceType=kind), "LaunchTemplate")["LaunchTemplateData"]
    assert ("CreditSpecification" in data) is credits
    [disk] = data["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True


@pytest.mark.parametrize("most", COUNTS)
def test_an_update_leaves_instances(most: str) -> None:
    policy = cluster(**BRIDGE, InstanceMax=most).resources["Instances"].attributes["UpdatePolicy"]
    kept = int(policy["AutoScalingRollingUpdate"]["MinInstancesInService"])
    assert kept == int(most) - 1


def test_ecs_chooses_the_number_of_instances() -> None:
    stack = cluster(**BRIDGE)
    assert "DesiredCapacity" not in properties(stack, "Instances")
    provider = properties(stack, "CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedScaling"]["Status"] == provider["ManagedDraining"] == "ENABLED"
    assert provider["ManagedTerminationProtection"] == "DISABLED"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_there_is(shape: Shape) -> None:
    found = set(cluster(**shape.cluster()).outputs)
    assert ("InstanceSecurityGroup" in found) is (shape.launch == "ec2")
    assert ("NamespaceId" in found) is ("PeerSecurityGroup" in found) is (shape.mode == "awsvpc")
    internal = {"InternalListenerArn", "InternalSecurityGroup", "InternalUrl"}
    assert (internal <= found) is shape.is_internal
    assert bool(internal & found) is shape.is_internal


def test_peers_by_http_where_there_is_no_https() -> None:
    given = BRIDGE | HTTP | {"TasksInPublicSubnets": "yes"}
    rules = properties(cluster(**given), "InstanceSecurityGroup")["SecurityGroupEgress"]
    assert [rule["FromPort"] for rule in rules] == [443, 80, 5432]


def test_mail() -> None:
    rules = properties(cluster(**BRIDGE, MailPort="587"), "InstanceSecurityGroup")
    assert [rule["FromPort"] for rule in rules["SecurityGroupEgress"]] == [443, 80, 5432, "587"]


def test_what_nobody_serves_has_the_services_own_shape() -> None:
    for name in ("Listener", "InternalListener"):
        [action] = properties(cluster(**BRIDGE), name)["DefaultActions"]
        response = action["FixedResponseConfig"]
        assert response["StatusCode"] == "404"
        body = json.loads(response["MessageBody"])
        assert set(body) == {"type", "title", "status", "code", "detail", "errors"}
        assert len(response["MessageBody"]) <= 1024


def test_the_log_outlives_services_and_alarms_may_have_nobody() -> None:
    stack = cluster(AlarmEmail="")
    assert properties(stack, "Log")["LogGroupName"] == "/little-ecom/production"
    assert "Subscription" not in properties(stack, "AlarmTopic")
    assert "AWS::Logs::LogGroup" not in {
        each["Type"] for each in read("service")["Resources"].values()
    }


@pytest.mark.parametrize("name", ["aws-shop", "ecs", "fargate1", "Shop"])
def test_names_that_ecs_refuses(name: str) -> None:
    assert not re.fullmatch(read("cluster")["Parameters"]["Project"]["AllowedPattern"], name)
