"""What is true of every deployment that the presets describe, in every network mode that they
admit, with the parameters that `up` would pass.

What test_shapes.py holds against all shapes, whatever their parameters, is not said again: circuit
breaker, instance metadata, health checks, who writes secrets.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from deploy.ecs.evaluator import Resource
from tests.deploy.policies import formats, statements
from tests.deploy.presets import deployment, ids, preview
from tests.deploy.templates.deployed import plain

Shape = tuple[str, ...]
Findings = Iterator[tuple[str, bool]]  # what was looked at, and whether the property holds of it
EVERYBODY = "0.0.0.0/0"
OPEN_TO_EVERYBODY = {("LoadBalancerSecurityGroup", 80), ("LoadBalancerSecurityGroup", 443)}
# "*" as a resource, by the statement that has it: AWS accepts nothing else there.
UNSCOPED = {
    "Registry": {"ecr:GetAuthorizationToken"},
    "Endpoint": {"ecs:DiscoverPollEndpoint"},
    "Sessions": {
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    },
}


@dataclass(frozen=True)
class Deployed:
    """All stacks of one deployment, before it is made."""

    preset: str
    shape: Shape

    @cache  # noqa: B019  (a few of them, as long as the tests)
    def stacks(self) -> list[Any]:
        wanted = deployment(self.preset, self.shape, bastion=True)
        found = [stack for _, stack in preview(wanted)]
        assert not [each for stack in found for each in stack.problems]
        return found

    def all(self, *kinds: str) -> Iterator[tuple[Resource, dict[str, Any]]]:
        for stack in self.stacks():
            for resource in stack.resources.values():
                if not kinds or resource.type in kinds:
                    yield resource, dict(plain(resource.properties))


DATABASES = ("AWS::RDS::DBInstance", "AWS::DocDB::DBCluster")
POSTGRESQL, DOCUMENTDB = DATABASES


def databases_are_encrypted(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all(*DATABASES):
        yield resource.logical_id, properties["StorageEncrypted"] is True


def disks_are_encrypted(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::EC2::LaunchTemplate", "AWS::EC2::Instance"):
        data = properties.get("LaunchTemplateData", properties)
        for disk in data["BlockDeviceMappings"]:
            yield resource.logical_id, disk["Ebs"]["Encrypted"] is True


def images_are_encrypted(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::ECR::Repository"):
        kind = properties["EncryptionConfiguration"]["EncryptionType"]
        yield resource.logical_id, kind in {"AES256", "KMS"}


def passwords_are_in_secrets_manager_only(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all(*DATABASES):
        managed = properties["ManageMasterUserPassword"] is True
        yield resource.logical_id, managed and "MasterUserPassword" not in properties
    for resource, properties in deployed.all("AWS::ECS::TaskDefinition"):
        for container in properties["ContainerDefinitions"]:
            for each in container["Environment"]:
                secret = any(word in each["Name"] for word in ("PASSWORD", "SECRET_KEY", "SIGNING"))
                yield f"{resource.logical_id} {each['Name']}", not secret
            for each in container.get("Secrets", []):
                arn = str(each["ValueFrom"])
                yield f"{resource.logical_id} {each['Name']}", arn.endswith(":password::")


def databases_want_tls(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::RDS::DBParameterGroup"):
        yield resource.logical_id, properties["Parameters"]["rds.force_ssl"] == "1"
    for resource, properties in deployed.all("AWS::DocDB::DBClusterParameterGroup"):
        yield resource.logical_id, properties["Parameters"]["tls"] == "enabled"
    for resource, properties in deployed.all(POSTGRESQL):
        group = properties["DBParameterGroupName"]
        yield resource.logical_id, group == "PostgreSQLParameters"
    for resource, properties in deployed.all(DOCUMENTDB):
        group = properties["DBClusterParameterGroupName"]
        yield resource.logical_id, group == "DocumentDBParameters"


def people_are_served_by_tls(deployed: Deployed) -> Findings:
    """Port 80 of the public load balancer does nothing but send them there."""
    for resource, properties in deployed.all("AWS::ElasticLoadBalancingV2::Listener"):
        if properties["LoadBalancerArn"] == "InternalLoadBalancer":
            continue
        if properties["Port"] == 80:
            [action] = properties["DefaultActions"]
            redirect = action.get("RedirectConfig", {})
            yield resource.logical_id, redirect.get("Protocol") == "HTTPS"
        else:
            yield (
                resource.logical_id,
                (properties["Port"], properties["Protocol"]) == (443, "HTTPS"),
            )
            yield resource.logical_id, "TLS13-1-2" in properties["SslPolicy"]
    for resource, properties in deployed.all("AWS::ElasticLoadBalancingV2::ListenerRule"):
        # A parameter that stands for an output of the cluster's stack.
        yield resource.logical_id, "HttpListener" not in str(properties["ListenerArn"])


def databases_are_private(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all(POSTGRESQL):
        yield resource.logical_id, properties["PubliclyAccessible"] is False
    for resource, properties in deployed.all(
        "AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup"
    ):
        subnets = str(properties["SubnetIds"])
        yield resource.logical_id, "Private" in subnets and "Public" not in subnets


def nothing_gets_a_public_address_by_itself(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::EC2::Subnet"):
        yield resource.logical_id, properties["MapPublicIpOnLaunch"] is False


def private_tasks_have_no_public_address(deployed: Deployed) -> Findings:
    is_public = "public" in deployed.shape
    for resource, properties in deployed.all("AWS::EC2::LaunchTemplate"):
        [interface] = properties["LaunchTemplateData"]["NetworkInterfaces"]
        yield resource.logical_id, interface["AssociatePublicIpAddress"] is is_public
    for resource, properties in deployed.all("AWS::ECS::Service"):
        if configuration := properties.get("NetworkConfiguration"):
            address = configuration["AwsvpcConfiguration"]["AssignPublicIp"]
            yield resource.logical_id, (address == "ENABLED") is is_public


def databases_are_backed_up(deployed: Deployed) -> Findings:
    least = 1 if deployed.preset == "free-tier" else 7  # AWS's free plan has no more
    for resource, properties in deployed.all(*DATABASES):
        yield resource.logical_id, int(properties["BackupRetentionPeriod"]) >= least
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            yield resource.logical_id, resource.attributes[attribute] == "Snapshot"


def what_holds_data_is_hard_to_delete(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all(*DATABASES):
        yield resource.logical_id, properties["DeletionProtection"] is True
    for resource, properties in deployed.all("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        if properties["Scheme"] == "internet-facing":
            attributes = {
                each["Key"]: each["Value"] for each in properties["LoadBalancerAttributes"]
            }
            yield resource.logical_id, attributes["deletion_protection.enabled"] == "true"


def logs_are_forgotten_in_time(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::Logs::LogGroup"):
        yield resource.logical_id, int(properties["RetentionInDays"]) == 30


def no_policy_has_wildcards_but_where_aws_demands_them(deployed: Deployed) -> Findings:
    for stack in deployed.stacks():
        for each in statements(stack):
            where = f"{each.policy} {each.sid}"
            yield where, not any("*" in action for action in each.actions)
            if "*" in each.resources:
                yield where, UNSCOPED.get(each.sid) == set(each.actions)
                yield where, not any(map(formats, each.actions))


def roles_have_one_service_each_that_takes_them(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::IAM::Role"):
        [trust] = properties["AssumeRolePolicyDocument"]["Statement"]
        yield resource.logical_id, set(trust["Principal"]) == {"Service"}
        yield resource.logical_id, isinstance(trust["Principal"]["Service"], str)
        yield resource.logical_id, "ManagedPolicyArns" not in properties


def rules(properties: dict[str, Any]) -> list[dict[str, Any]]:
    return list(properties.get("SecurityGroupIngress", [properties]))


def nothing_is_open_to_everybody_but_the_load_balancer(deployed: Deployed) -> Findings:
    kinds = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress")
    for resource, properties in deployed.all(*kinds):
        for rule in rules(properties):
            if "IpProtocol" in rule:
                is_open = rule.get("CidrIp") == EVERYBODY or "CidrIpv6" in rule
                opening = (resource.logical_id, rule["FromPort"])
                yield (
                    f"{resource.logical_id} {rule['FromPort']}",
                    (not is_open or opening in OPEN_TO_EVERYBODY),
                )
                has_source = {"CidrIp", "SourceSecurityGroupId", "SourcePrefixListId"} & set(rule)
                yield resource.logical_id, bool(has_source)


def security_groups_are_described_in_letters_that_ec2_takes(deployed: Deployed) -> Findings:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html; no apostrophe."""
    kinds = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress")
    for resource, properties in deployed.all(*kinds, "AWS::EC2::SecurityGroupEgress"):
        given = [*rules(properties), *properties.get("SecurityGroupEgress", [])]
        texts = [properties.get("GroupDescription"), *(each.get("Description") for each in given)]
        for text in filter(None, texts):
            admitted = re.fullmatch(r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{1,255}", text)
            yield f"{resource.logical_id} {text}", admitted is not None


def containers_can_do_little(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::ECS::TaskDefinition"):
        for container in properties["ContainerDefinitions"]:
            linux = container["LinuxParameters"]
            yield resource.logical_id, container["ReadonlyRootFilesystem"] is True
            yield resource.logical_id, linux["Capabilities"] == {"Drop": ["ALL"]}
            yield resource.logical_id, not container.get("Privileged", False)


def somebody_is_told(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::CloudWatch::Alarm"):
        actions = [str(each) for each in properties["AlarmActions"]]
        yield resource.logical_id, [each.split(".")[-1] for each in actions] == ["AlarmTopic"]
    for resource, properties in deployed.all("AWS::SNS::Topic"):
        [subscription] = properties["Subscription"]
        yield resource.logical_id, subscription["Endpoint"] == "admin@example.com"
    services = len([*deployed.all("AWS::ECS::Service")])
    alarms = [resource.logical_id for resource, _ in deployed.all("AWS::CloudWatch::Alarm")]
    for name in ("MissingAlarm", "UnhealthyAlarm", "ErrorAlarm", "CpuAlarm", "MemoryAlarm"):
        yield name, alarms.count(name) == services == 2


def whatever_can_have_tags_has_them(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", resource.type).schema
        if "Tags" in schema["properties"]:
            tags = properties["Tags"]
            if isinstance(tags, list):
                tags = {each["Key"]: each["Value"] for each in tags}
            own = (tags["Project"], tags["Environment"])
            yield resource.logical_id, own == ("little-ecom", "production")


def every_role_is_in_the_environments_path(deployed: Deployed) -> Findings:
    for resource, properties in deployed.all("AWS::IAM::Role", "AWS::IAM::InstanceProfile"):
        yield resource.logical_id, properties["Path"] == "/little-ecom/production/"


PROPERTIES: list[Callable[[Deployed], Findings]] = [
    databases_are_encrypted,
    disks_are_encrypted,
    images_are_encrypted,
    passwords_are_in_secrets_manager_only,
    databases_want_tls,
    people_are_served_by_tls,
    databases_are_private,
    nothing_gets_a_public_address_by_itself,
    private_tasks_have_no_public_address,
    databases_are_backed_up,
    what_holds_data_is_hard_to_delete,
    logs_are_forgotten_in_time,
    no_policy_has_wildcards_but_where_aws_demands_them,
    roles_have_one_service_each_that_takes_them,
    nothing_is_open_to_everybody_but_the_load_balancer,
    security_groups_are_described_in_letters_that_ec2_takes,
    containers_can_do_little,
    somebody_is_told,
    whatever_can_have_tags_has_them,
    every_role_is_in_the_environments_path,
]
ALL = [Deployed(preset, shape) for preset, shape in ids()]


@pytest.mark.parametrize("deployed", ALL, ids=lambda each: "-".join((each.preset, *each.shape)))
@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda each: each.__name__)
def test_property(holds: Callable[[Deployed], Findings], deployed: Deployed) -> None:
    found = list(holds(deployed))
    assert found  # or it says nothing
    assert [what for what, is_so in found if not is_so] == []


@pytest.mark.parametrize("preset", ["free-tier", "private", "fargate"])
def test_shapes_are_the_presets_own_too(preset: str) -> None:
    wanted = deployment(preset)
    own = (wanted.launch, wanted.network_mode, wanted.tasks_in, wanted.egress)
    assert own in {each.shape for each in ALL if each.preset == preset}
