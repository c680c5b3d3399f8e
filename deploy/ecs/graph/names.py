"""The properties that name a resource, and the attributes that mean it."""

from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.reading import parts_of

NAMES = {
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::AutoScaling::LaunchConfiguration": "LaunchConfigurationName",
    "AWS::DocDB::DBCluster": "DBClusterIdentifier",
    "AWS::DocDB::DBClusterParameterGroup": "Name",
    "AWS::DocDB::DBInstance": "DBInstanceIdentifier",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::CapacityProvider": "Name",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "Name",
}
ATTRIBUTES = {"arn", "id", "name", "groupid", "dnsname", "allocationid", "repositoryuri"}
ATTRIBUTES |= {"endpoint", "endpoint.address", "loadbalancerfullname", "targetgroupfullname"}
KINDS = ("id", "arn", "name")


def identifies(kind: str, attribute: str) -> bool:
    """Whether GetAtt of that attribute means the resource itself, as VpcId does for a VPC only."""
    wanted = attribute.lower()
    last = kind.rsplit("::", 1)[-1].lower()
    return wanted in ATTRIBUTES or wanted in {f"{last}{each}" for each in KINDS}


def fields(value: Value, mark: str, most: int) -> list[Value] | None:
    """As str.split; a symbol counts as what has no mark in it."""
    parts = parts_of(value)
    if parts is None:
        return None
    found: list[list[str | Symbol]] = [[]]
    for part in parts:
        if isinstance(part, str):
            first, *others = part.split(mark, max(most - len(found) + 1, 0))
            found[-1].append(first)
            found += [[each] for each in others]
        else:
            found[-1].append(part)
    return [joined(each) for each in found]


def last_field(value: Value, mark: str) -> Value:
    return (fields(value, mark, 99) or [value])[-1]
