"""Facts about the resources of evaluated stacks, and no verdicts.

None is what is not known, and nothing may be concluded from it. Every fact knows the resource, the
file and the line that it is from.
"""

from deploy.ecs.graph import fargate
from deploy.ecs.graph.capacity import (
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ScalingPolicy,
    StrategyItem,
    instances_of,
)
from deploy.ecs.graph.databases import (
    Database,
    DbCluster,
    DbInstance,
    ParameterGroup,
    SubnetGroup,
)
from deploy.ecs.graph.discovery import DiscoveryService, PrivateDnsNamespace
from deploy.ecs.graph.endpoints import (
    InstanceConnectEndpoint,
    VpcEndpoint,
    endpoints_of,
    gateways_of,
)
from deploy.ecs.graph.gateways import (
    GatewayAttachment,
    InternetGateway,
    NatGateway,
    VpnGateway,
    is_attached,
)
from deploy.ecs.graph.graph import Graph, Physical
from deploy.ecs.graph.health_checks import HealthCheck
from deploy.ecs.graph.images import Image
from deploy.ecs.graph.instance_types import INSTANCE_TYPES, InstanceType, instance_type
from deploy.ecs.graph.instances import Ec2Instance, LaunchConfiguration, LaunchTemplate, Machine
from deploy.ecs.graph.load_balancing import (
    Action,
    Condition,
    Listener,
    ListenerRule,
    LoadBalancer,
    TargetGroup,
)
from deploy.ecs.graph.network_acls import AclEntry, NetworkAcl
from deploy.ecs.graph.parts import Link, Listing, Node, Part
from deploy.ecs.graph.roles import InstanceProfile, ManagedPolicy, Role, judged, permits
from deploy.ecs.graph.routes import Route, RouteTable
from deploy.ecs.graph.schedules import Schedule
from deploy.ecs.graph.secret_references import SecretReference
from deploy.ecs.graph.secrets import ManagedSecret, Secret
from deploy.ecs.graph.security_groups import End, Rule, SecurityGroup, admitted, connects
from deploy.ecs.graph.services import Feed, ScalableTarget, Service, feeds_of
from deploy.ecs.graph.statements import Statement, decide
from deploy.ecs.graph.storage import LogGroup, Repository, SsmParameter
from deploy.ecs.graph.subnets import Subnet, same_zone, subnets_in
from deploy.ecs.graph.tasks import (
    Container,
    ContainerHealthCheck,
    LogConfiguration,
    PortMapping,
    TaskDefinition,
)
from deploy.ecs.graph.truth import Answer, Truth
from deploy.ecs.graph.vpcs import Vpc
from deploy.ecs.graph.wildcards import matches

__all__ = [
    "INSTANCE_TYPES",
    "AclEntry",
    "Action",
    "Answer",
    "AutoScalingGroup",
    "CapacityProvider",
    "Cluster",
    "Condition",
    "Container",
    "ContainerHealthCheck",
    "Database",
    "DbCluster",
    "DbInstance",
    "DiscoveryService",
    "Ec2Instance",
    "End",
    "Feed",
    "GatewayAttachment",
    "Graph",
    "HealthCheck",
    "Image",
    "InstanceConnectEndpoint",
    "InstanceProfile",
    "InstanceType",
    "InternetGateway",
    "LaunchConfiguration",
    "LaunchTemplate",
    "Link",
    "Listener",
    "ListenerRule",
    "Listing",
    "LoadBalancer",
    "LogConfiguration",
    "LogGroup",
    "Machine",
    "ManagedPolicy",
    "ManagedSecret",
    "NatGateway",
    "NetworkAcl",
    "Node",
    "ParameterGroup",
    "Part",
    "Physical",
    "PortMapping",
    "PrivateDnsNamespace",
    "Repository",
    "Role",
    "Route",
    "RouteTable",
    "Rule",
    "ScalableTarget",
    "ScalingPolicy",
    "Schedule",
    "Secret",
    "SecretReference",
    "SecurityGroup",
    "Service",
    "SsmParameter",
    "Statement",
    "StrategyItem",
    "Subnet",
    "SubnetGroup",
    "TargetGroup",
    "TaskDefinition",
    "Truth",
    "Vpc",
    "VpcEndpoint",
    "VpnGateway",
    "admitted",
    "connects",
    "decide",
    "endpoints_of",
    "fargate",
    "feeds_of",
    "gateways_of",
    "instance_type",
    "instances_of",
    "is_attached",
    "judged",
    "matches",
    "permits",
    "same_zone",
    "subnets_in",
]
