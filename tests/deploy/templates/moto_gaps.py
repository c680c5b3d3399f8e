"""What moto 5.2.5 lacks or does wrongly, of what these templates need.

A type that moto lacks is skipped with a warning and its Ref is nothing. Each gap is closed here as
far as a stack's outputs and the services' API show it; test_moto.py holds this list against moto.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from itertools import islice
from typing import Any

import pytest
from moto.acm.models import acm_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.core.utils import pascal_to_camelcase, remap_nested_keys
from moto.ec2.models import ec2_backends
from moto.ecs.models import Service, ecs_backends
from moto.elbv2.models import FakeLoadBalancer, FakeTargetGroup
from moto.rds.models import DBInstance, rds_backends
from moto.ssm.models import Parameter

LACKING = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudWatch::Alarm",
    "AWS::DocDB::DBCluster",
    "AWS::DocDB::DBClusterParameterGroup",
    "AWS::DocDB::DBInstance",
    "AWS::DocDB::DBSubnetGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::ECS::CapacityProvider",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::Scheduler::Schedule",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::Service",
}


class Supplied(CloudFormationModel):
    """A resource that is no more than its name; nothing of it is behind its service's API."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in {"Arn", "Endpoint", "Port"}

    def get_cfn_attribute(self, attribute: str) -> str:
        host = f"{self.physical_resource_id}.cluster-supplied.us-east-1.docdb.amazonaws.com"
        arn = f"arn:aws:supplied:us-east-1:123456789012:{self.physical_resource_id}"
        return {"Arn": arn, "Endpoint": host, "Port": "27017"}[attribute]

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], *args: Any, **kwargs: Any
    ) -> "Supplied":
        return cls(cloudformation_json["Properties"].get("DBClusterIdentifier", resource_name))


class Certificate(Supplied):
    """One of ACM, behind its API too: a listener does not take any other."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> "Certificate":
        name = cloudformation_json["Properties"]["DomainName"]
        backend = acm_backends[account_id][region_name]
        return cls(backend.request_certificate(name, resource_name, [name], []))


class Egress(Supplied):
    """A rule of EC2, behind its API too."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> "Egress":
        properties = cloudformation_json["Properties"]
        ec2_backends[account_id][region_name].authorize_security_group_egress(
            group_name_or_id=properties["GroupId"],
            ip_protocol=properties["IpProtocol"],
            from_port=str(properties["FromPort"]),
            to_port=str(properties["ToPort"]),
            ip_ranges=[],
            source_groups=[{"GroupId": properties["DestinationSecurityGroupId"]}],
        )
        return cls(resource_name)


def create_db_instance(
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> DBInstance:
    """Moto's own takes neither the name nor half of the properties."""
    properties = cloudformation_json["Properties"]
    return rds_backends[account_id][region_name].create_db_instance(
        {
            "engine": properties["Engine"],
            "engine_version": properties["EngineVersion"],
            "db_instance_class": properties["DBInstanceClass"],
            "db_instance_identifier": properties["DBInstanceIdentifier"],
            "master_username": properties["MasterUsername"],
            "manage_master_user_password": properties["ManageMasterUserPassword"],
            "allocated_storage": int(properties["AllocatedStorage"]),
            "storage_type": properties["StorageType"],
            "storage_encrypted": properties["StorageEncrypted"],
            "deletion_protection": properties["DeletionProtection"],
            "publicly_accessible": properties["PubliclyAccessible"],
            "multi_az": properties["MultiAZ"],
            "backup_retention_period": int(properties["BackupRetentionPeriod"]),
            "vpc_security_group_ids": properties["VPCSecurityGroups"],
            "port": int(properties["Port"]),
        }
    )


def create_service(
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> Service:
    """Moto's own cannot count tasks, and leaves the load balancers out. AWS::NoValue in a list is
    None there."""
    properties = cloudformation_json["Properties"]
    load_balancers = [each for each in properties["LoadBalancers"] if each]
    return ecs_backends[account_id][region_name].create_service(
        properties["Cluster"],
        properties["ServiceName"],
        int(properties.get("DesiredCount", 1)),
        properties["TaskDefinition"],
        load_balancers=remap_nested_keys(load_balancers, pascal_to_camelcase),
    )


@contextmanager
def closed() -> Iterator[None]:
    clean_json, get_cfn_attribute = parsing.clean_json, DBInstance.get_cfn_attribute
    create_parameter = Parameter.create_from_cloudformation_json
    load_balancer_attribute = FakeLoadBalancer.get_cfn_attribute

    def with_cidr(value: Any, resources: Any) -> Any:
        """Fn::Cidr, which moto does not know."""
        if not isinstance(value, dict) or "Fn::Cidr" not in value:
            return clean_json(value, resources)
        block, count, bits = clean_json(value["Fn::Cidr"], resources)
        subnets = ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(subnet) for subnet in islice(subnets, int(count))]

    def with_secret(instance: DBInstance, attribute: str) -> Any:
        if attribute == "MasterUserSecret.SecretArn":
            return instance.master_user_secret.secret_arn
        return get_cfn_attribute(instance, attribute)

    def with_tags(name: str, resource: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The tags of a parameter are a map, which moto takes for a list."""
        tags = resource["Properties"]["Tags"]
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        properties = resource["Properties"] | {"Tags": listed}
        return create_parameter(name, resource | {"Properties": properties}, *args, **kwargs)

    def of_load_balancer(load_balancer: FakeLoadBalancer, attribute: str) -> Any:
        if attribute == "LoadBalancerFullName":
            return load_balancer.arn.split(":loadbalancer/")[1]
        if attribute == "CanonicalHostedZoneID":
            return load_balancer.canonical_hosted_zone_id
        return load_balancer_attribute(load_balancer, attribute)

    def of_target_group(group: FakeTargetGroup, attribute: str) -> str:
        assert attribute == "TargetGroupFullName"
        return str(group.arn).rpartition(":")[2]

    with pytest.MonkeyPatch.context() as patch:
        models = parsing.get_model_map() | dict.fromkeys(LACKING, Supplied)
        models["AWS::CertificateManager::Certificate"] = Certificate
        models["AWS::EC2::SecurityGroupEgress"] = Egress
        patch.setattr(parsing, "get_model_map", lambda: models)
        patch.setattr(parsing, "clean_json", with_cidr)
        patch.setattr(DBInstance, "has_cfn_attr", lambda attribute: True)
        patch.setattr(DBInstance, "get_cfn_attribute", with_secret)
        patch.setattr(DBInstance, "create_from_cloudformation_json", create_db_instance)
        patch.setattr(Service, "create_from_cloudformation_json", create_service)
        patch.setattr(FakeTargetGroup, "get_cfn_attribute", of_target_group, raising=False)
        patch.setattr(FakeLoadBalancer, "get_cfn_attribute", of_load_balancer)
        patch.setattr(Parameter, "create_from_cloudformation_json", with_tags)
        yield
