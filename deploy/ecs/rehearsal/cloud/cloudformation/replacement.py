"""Which changes of a resource make another one in its place.

Where CloudFormation's reference says "Update requires: Replacement" of a property; where it depends
on more than the property, a change set says "Conditionally", and here it is an update. Of the types
that this package makes.
"""

from typing import Any

from deploy.ecs.evaluator.places import Object

ALWAYS: dict[str, tuple[str, ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "ResourceId",
        "ScalableDimension",
        "ServiceNamespace",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "PolicyName",
        "ResourceId",
        "ScalableDimension",
        "ScalingTargetId",
        "ServiceNamespace",
    ),
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupName", "InstanceId"),
    "AWS::CertificateManager::Certificate": (
        "DomainName",
        "DomainValidationOptions",
        "KeyAlgorithm",
        "SubjectAlternativeNames",
        "ValidationMethod",
    ),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::DocDB::DBCluster": (
        "AvailabilityZones",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "KmsKeyId",
        "MasterUsername",
        "SnapshotIdentifier",
        "StorageEncrypted",
    ),
    "AWS::DocDB::DBClusterParameterGroup": ("Description", "Family", "Name"),
    "AWS::DocDB::DBInstance": (
        "AvailabilityZone",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
    ),
    "AWS::DocDB::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::EC2::EIP": ("Address", "NetworkBorderGroup"),
    "AWS::EC2::Instance": (
        "AvailabilityZone",
        "ImageId",
        "KeyName",
        "LaunchTemplate",
        "NetworkInterfaces",
        "PrivateIpAddress",
        "SecurityGroups",
        "SubnetId",
    ),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::NatGateway": ("AllocationId", "ConnectivityType", "PrivateIpAddress", "SubnetId"),
    "AWS::EC2::Route": ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "RouteTableId"),
    "AWS::EC2::RouteTable": ("VpcId",),
    "AWS::EC2::SecurityGroup": ("GroupDescription", "GroupName", "VpcId"),
    "AWS::EC2::SecurityGroupEgress": (
        "CidrIp",
        "CidrIpv6",
        "DestinationPrefixListId",
        "DestinationSecurityGroupId",
        "FromPort",
        "GroupId",
        "IpProtocol",
        "ToPort",
    ),
    "AWS::EC2::SecurityGroupIngress": (
        "CidrIp",
        "CidrIpv6",
        "FromPort",
        "GroupId",
        "IpProtocol",
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "ToPort",
    ),
    "AWS::EC2::Subnet": ("AvailabilityZone", "CidrBlock", "VpcId"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "SubnetId"),
    "AWS::EC2::VPC": ("CidrBlock",),
    "AWS::EC2::VPCEndpoint": ("ServiceName", "VpcEndpointType", "VpcId"),
    "AWS::EC2::VPCGatewayAttachment": ("InternetGatewayId", "VpcId"),
    "AWS::ECR::Repository": ("EncryptionConfiguration", "RepositoryName"),
    "AWS::ECS::CapacityProvider": ("AutoScalingGroupProvider.AutoScalingGroupArn", "Name"),
    "AWS::ECS::Cluster": ("ClusterName",),
    "AWS::ECS::ClusterCapacityProviderAssociations": ("Cluster",),
    "AWS::ECS::Service": ("Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"),
    "AWS::ECS::TaskDefinition": (
        "ContainerDefinitions",
        "Cpu",
        "EphemeralStorage",
        "ExecutionRoleArn",
        "Family",
        "IpcMode",
        "Memory",
        "NetworkMode",
        "PidMode",
        "PlacementConstraints",
        "ProxyConfiguration",
        "RequiresCompatibilities",
        "RuntimePlatform",
        "TaskRoleArn",
        "Volumes",
    ),
    "AWS::ElasticLoadBalancingV2::Listener": ("LoadBalancerArn",),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("ListenerArn",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name", "Scheme", "Type"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "IpAddressType",
        "Name",
        "Port",
        "Protocol",
        "ProtocolVersion",
        "TargetType",
        "VpcId",
    ),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "Path"),
    "AWS::IAM::ManagedPolicy": ("Description", "ManagedPolicyName", "Path"),
    "AWS::IAM::OIDCProvider": ("Url",),
    "AWS::IAM::Role": ("Path", "RoleName"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::RDS::DBInstance": (
        "DBInstanceIdentifier",
        "DBName",
        "DBSubnetGroupName",
        "Engine",
        "KmsKeyId",
        "MasterUsername",
        "StorageEncrypted",
    ),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", "Description", "Family"),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "HostedZoneName", "Name"),
    "AWS::SNS::Subscription": ("Endpoint", "Protocol", "TopicArn"),
    "AWS::SNS::Topic": ("FifoTopic", "TopicName"),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::Scheduler::Schedule": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("Name", "Vpc"),
    "AWS::ServiceDiscovery::Service": ("HealthCheckCustomConfig", "Name", "NamespaceId"),
}
CONDITIONALLY: dict[str, tuple[str, ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": ("LaunchTemplate", "VPCZoneIdentifier"),
    "AWS::EC2::Instance": ("BlockDeviceMappings", "InstanceType", "UserData"),
    "AWS::RDS::DBInstance": (
        "AutoMinorVersionUpgrade",
        "AvailabilityZone",
        "BackupRetentionPeriod",
        "DBParameterGroupName",
        "MultiAZ",
        "PreferredMaintenanceWindow",
    ),
}


def changed(before: Object, after: Object) -> list[str]:
    """The properties that differ."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def recreation(kind: str, name: str, before: Object, after: Object) -> str:
    """Never, Conditionally or Always, of a property that differs."""
    for path in ALWAYS.get(kind, ()):
        if path.split(".")[0] == name and _at(before, path) != _at(after, path):
            return "Always"
    return "Conditionally" if name in CONDITIONALLY.get(kind, ()) else "Never"


def is_replaced(kind: str, before: Object, after: Object) -> bool:
    names = changed(before, after)
    return any(recreation(kind, name, before, after) == "Always" for name in names)


def _at(properties: Object, path: str) -> Any:
    found: Any = properties
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
