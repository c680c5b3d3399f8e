"""What is lost when a resource is replaced or removed, and cannot be had again."""

# By type. A replacement makes an empty new one.
LOSSES = {
    "AWS::RDS::DBInstance": "the database's rows; a final snapshot is kept",
    "AWS::DocDB::DBCluster": "the documents of the catalog; a final snapshot is kept",
    "AWS::SecretsManager::Secret": "the secret",
    "AWS::Logs::LogGroup": "its log lines",
    "AWS::ECR::Repository": "its images; they can be built again from git",
    "AWS::KMS::Key": "what is encrypted with it",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "its DNS name: who uses that one finds nothing, and the shop is away until the services "
        "are updated"
    ),
    "AWS::ECS::Cluster": "all running tasks; the shop is away until the services are there again",
    "AWS::EC2::VPC": "the network and everything in it",
    "AWS::EC2::EIP": "its address, which others may have allowed",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": (
        "its names: the services do not find each other until they are updated"
    ),
    "AWS::SNS::Topic": "its subscriptions; they have to be confirmed anew",
    "AWS::EC2::Instance": "what is on its disk",
    "AWS::SSM::Parameter": "its value",
}
# Of whose replacement nobody notices anything but a roll-out.
ROUTINE = {
    "AWS::ECS::TaskDefinition",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::CloudWatch::Alarm",
}
