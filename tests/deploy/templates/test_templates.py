"""What all templates have in common."""

import re
from typing import Any

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from tests.deploy.templates.stack import FOLDER, NAMES, Stack, read

SECTIONS = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
]
# With these everything that has a condition is there.
CLUSTER = {"Launch": "ec2", "DomainName": "shop.example.com", "HostedZoneId": "Z1"}
CLUSTER |= {"PostgreSQLSecurityGroup": "sg-1", "DocumentDBSecurityGroup": "sg-2"}
SERVICE = {"DailyCommand": "a", "FrequentCommand": "b", "MorePathPatterns": "/c", "MaxTasks": "2"}
TASKS = {"DatabaseSecurityGroup": "sg-4", "MasterSecretArn": "arn", "KmsKeyArn": "arn"}
SERVICE |= {"AlarmTopicArn": "arn", "PeerName": "A_URL", "ExecuteCommand": "yes"}
EVERYTHING = [
    ("bastion", {"DocumentDBSecurityGroup": "sg-1", "DocumentDBHost": "cluster.example"}),
    ("data", {"DocumentDB": "yes", "DocumentDBInstances": "3", "DocumentDBLogs": "yes"}),
    ("network", {"Egress": "endpoints", "Launch": "ec2", "Exec": "yes", "Bastion": "yes"}),
    ("network", {"Egress": "nat", "NatZones": "both"}),
    ("registry", {}),
    ("cluster", CLUSTER | {"MailPort": "587", "AlarmEmail": "a@example.com"}),
    ("cluster", CLUSTER | {"NetworkMode": "bridge"}),
    ("cluster", CLUSTER | {"NetworkMode": "host", "MailPort": "587"}),
    ("tasks", TASKS),
    ("service", SERVICE | {"PeerSecurityGroup": "sg-3", "DatabaseSecurityGroup": "sg-4"}),
    (
        "service",
        SERVICE
        | {"Launch": "ec2", "NetworkMode": "host", "InstanceSecurityGroup": "sg-5"}
        | {"InternalSecurityGroup": "sg-6", "InternalListenerArn": "arn"},
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_cfn_lint(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text()
    assert not lint(text, config=ManualArgs(include_checks=["I"], regions=["us-east-1"]))
    assert "cfn-lint" not in text  # the place where a template tells it what to ignore


@pytest.mark.parametrize("name", NAMES)
def test_size(name: str) -> None:
    """What CloudFormation takes without a bucket, in bytes."""
    assert (FOLDER / f"{name}.yaml").stat().st_size <= 51_200


@pytest.mark.parametrize("name", NAMES)
def test_sections_are_in_order(name: str) -> None:
    sections = list(read(name))
    assert sections == [section for section in SECTIONS if section in sections]
    assert {"Description", "Metadata", "Parameters", "Resources", "Outputs"} <= set(sections)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_described_and_constrained(name: str) -> None:
    for key, parameter in read(name)["Parameters"].items():
        assert parameter["Description"].strip().endswith("."), key
        bounds = {"AllowedValues", "AllowedPattern", "MinValue"}
        assert bounds & set(parameter) or parameter["Type"].startswith(("AWS::EC2", "List<")), key


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_its_place_in_the_console(name: str) -> None:
    template = read(name)
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    placed = [key for group in groups for key in group["Parameters"]]
    assert sorted(placed) == sorted(template["Parameters"])


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_allowed(name: str) -> None:
    for key, parameter in read(name)["Parameters"].items():
        default = parameter.get("Default")
        if default is None:
            continue
        if "AllowedValues" in parameter:
            assert default in parameter["AllowedValues"], key
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default)), key


@pytest.mark.parametrize("name", NAMES)
def test_yes_and_no_are_words(name: str) -> None:
    """Unquoted, YAML makes them true and false, which CloudFormation reads as other words."""
    for key, parameter in read(name)["Parameters"].items():
        values = parameter.get("AllowedValues", [])
        assert not any(isinstance(value, bool) for value in values), key


@pytest.mark.parametrize("name", NAMES)
def test_every_output_is_described(name: str) -> None:
    for key, output in read(name)["Outputs"].items():
        assert output["Description"].strip(), key
        assert "Export" not in output, key


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_goes_in_or_out(name: str) -> None:
    template = read(name)
    given = " ".join(key for key in template["Parameters"] if not key.endswith("SecretArn"))
    assert not re.findall(r"(?i)password|secret|credential", given)
    assert "resolve:" not in str(template)
    outputs = {key for key in template["Outputs"] if "Secret" in key}
    assert outputs <= {"PostgreSQLMasterSecret"}  # its ARN


@pytest.mark.parametrize(("name", "parameters"), EVERYTHING)
def test_tags(name: str, parameters: dict[str, str]) -> None:
    # A parameter without a value stays a reference.
    stack = Stack(name, **parameters)
    for key, resource in stack.resources.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema
        if "Tags" in schema["properties"]:
            tags = resource["Properties"]["Tags"]
            if isinstance(tags, list):
                tags = {tag["Key"]: tag["Value"] for tag in tags}
            assert (tags["Project"], tags["Environment"]) == ("little-ecom", "production"), key


@pytest.mark.parametrize(("name", "parameters"), EVERYTHING)
def test_nothing_but_the_load_balancer_is_open(name: str, parameters: dict[str, str]) -> None:
    stack = Stack(name, **parameters)
    rules = [(key, each) for key, each in stack.of_type("AWS::EC2::SecurityGroupIngress").items()]
    for key, group in stack.of_type("AWS::EC2::SecurityGroup").items():
        assert group["VpcId"]
        rules += [(key, rule) for rule in group.get("SecurityGroupIngress", [])]
    for key, rule in rules:
        assert rule["IpProtocol"] == "tcp"
        # X02: CloudFormation skips a rule without a source.
        if not rule.get("SourceSecurityGroupId"):
            inside = stack.parameters.get("VpcCidr")
            assert rule["CidrIp"] == inside or key == "LoadBalancerSecurityGroup"
        if "Bridge" not in key:
            assert rule["FromPort"] == rule["ToPort"]
            assert int(rule["FromPort"]) in {80, 443, 5432, 8000, 27017}


@pytest.mark.parametrize(("name", "parameters"), EVERYTHING)
def test_security_groups_say_what_may_leave(name: str, parameters: dict[str, str]) -> None:
    for key, group in Stack(name, **parameters).of_type("AWS::EC2::SecurityGroup").items():
        rules: list[dict[str, Any]] = group["SecurityGroupEgress"]
        assert rules, key
        for rule in rules:
            assert rule["IpProtocol"] == "tcp" or rule["CidrIp"] == "127.0.0.1/32", key


@pytest.mark.parametrize(("name", "parameters"), EVERYTHING)
def test_dependencies_are_there(name: str, parameters: dict[str, str]) -> None:
    stack = Stack(name, **parameters)
    for key, resource in stack.resources.items():
        needed = resource.get("DependsOn", [])
        assert set([needed] if isinstance(needed, str) else needed) <= set(stack.resources), key
