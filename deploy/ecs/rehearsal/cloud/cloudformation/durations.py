"""How long AWS takes, roughly, in seconds."""

SHORT = 5.0
# To make, to change and to delete.
DURATIONS: dict[str, tuple[float, float, float]] = {
    "AWS::AutoScaling::AutoScalingGroup": (60, 60, 90),
    "AWS::CertificateManager::Certificate": (120, SHORT, SHORT),
    "AWS::DocDB::DBCluster": (60, 60, 60),
    "AWS::DocDB::DBInstance": (420, 120, 300),
    "AWS::EC2::EIP": (15, SHORT, SHORT),
    "AWS::EC2::InternetGateway": (15, SHORT, SHORT),
    "AWS::EC2::Instance": (30, 60, 45),
    "AWS::EC2::NatGateway": (90, SHORT, 60),
    "AWS::EC2::VPC": (15, SHORT, SHORT),
    "AWS::EC2::VPCEndpoint": (60, 30, 60),
    "AWS::ECS::Service": (SHORT, SHORT, 15),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (120, SHORT, 15),
    "AWS::IAM::InstanceProfile": (120, SHORT, SHORT),
    "AWS::IAM::Role": (15, 15, SHORT),
    "AWS::RDS::DBInstance": (300, 120, 180),
    "AWS::RDS::DBParameterGroup": (15, 15, SHORT),
    "AWS::Route53::RecordSet": (30, 30, 30),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": (45, SHORT, 30),
}
ACTIONS = ("create", "update", "delete")


def duration(kind: str, action: str) -> float:
    return DURATIONS.get(kind, (SHORT, SHORT, SHORT))[ACTIONS.index(action)]
