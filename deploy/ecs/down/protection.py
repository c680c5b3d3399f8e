"""Protection against deletion, lifted."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.cloudformation.resources import physical_ids
from deploy.ecs.cloudformation.stack import COMPLETE, CloudFormationStack, StackFailedError

DATABASE = "AWS::RDS::DBInstance"
DOCUMENTS = "AWS::DocDB::DBCluster"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
ATTRIBUTE = "deletion_protection.enabled"


# Asked for by their names, and not by a filter: whom IAM permits one of them, AWS refuses a list.


def database(aws: AWS, name: str) -> dict[str, Any] | None:
    try:
        [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    except ClientError as error:
        if error.response["Error"]["Code"] in {"DBInstanceNotFound", "DBInstanceNotFoundFault"}:
            return None
        raise
    return dict(found)


def documents(aws: AWS, name: str) -> dict[str, Any] | None:
    try:
        [found] = aws.client("docdb").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    except ClientError as error:
        if error.response["Error"]["Code"] in {"DBClusterNotFound", "DBClusterNotFoundFault"}:
            return None
        raise
    return dict(found)


@dataclass
class Protection:
    """Of what is in one stack."""

    aws: AWS
    stack: CloudFormationStack
    tags: Mapping[str, str]

    def lift(self) -> None:
        """By the stack where that can be updated, so that an `up` that comes instead of the
        deletion sees it and protects again. Raises DeploymentError."""
        parameters = self.stack.parameters()
        if self.stack.status in COMPLETE and parameters.get("DeletionProtection") == "yes":
            # It may fail for reasons of its own, such as a newer machine image.
            with suppress(StackFailedError):
                self.stack.deploy(None, parameters | {"DeletionProtection": "no"}, self.tags)
        # A stack that cannot be updated, or a switch that somebody set by hand.
        found = physical_ids(self.stack, [DATABASE, DOCUMENTS, LOAD_BALANCER])
        for name in found[DATABASE]:
            self.free_database(name)
        for name in found[DOCUMENTS]:
            self.free_documents(name)
        for arn in found[LOAD_BALANCER]:
            self.free_load_balancer(arn)

    def free_database(self, name: str) -> None:
        client = self.aws.client("rds")
        found = database(self.aws, name)
        if found and found["DeletionProtection"]:
            client.modify_db_instance(
                DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True
            )

    def free_documents(self, name: str) -> None:
        client = self.aws.client("docdb")
        found = documents(self.aws, name)
        if found and found.get("DeletionProtection"):
            client.modify_db_cluster(
                DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True
            )

    def free_load_balancer(self, arn: str) -> None:
        client = self.aws.client("elbv2")
        attributes: list[dict[str, Any]] = client.describe_load_balancer_attributes(
            LoadBalancerArn=arn
        )["Attributes"]
        if {"Key": ATTRIBUTE, "Value": "true"} in attributes:
            client.modify_load_balancer_attributes(
                LoadBalancerArn=arn, Attributes=[{"Key": ATTRIBUTE, "Value": "false"}]
            )
