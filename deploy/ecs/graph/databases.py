"""Databases of RDS and DocumentDB."""

from collections.abc import Iterator
from functools import cached_property

from deploy.ecs.evaluator.symbols import Attribute, Value
from deploy.ecs.graph.listening import Listening
from deploy.ecs.graph.parts import Link, Listing, Node
from deploy.ecs.graph.secrets import ManagedSecret
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.truth import Truth, any_of

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
PORTS = {
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "docdb": 27017,
    "mariadb": 3306,
    "mysql": 3306,
    "postgres": 5432,
}


class Database(Listening):
    """An instance, or a cluster with its instances as members."""

    @property
    def is_cluster(self) -> bool:
        return self.resource.type.endswith("::DBCluster")

    @property
    def identifier(self) -> Value:
        return self.name or self.id

    @property
    def cluster(self) -> Link["Database"] | None:
        """That an instance belongs to."""
        return None if self.is_cluster else self.link(Database, "DBClusterIdentifier")

    @property
    def makes_members(self) -> Truth:
        """Whether AWS makes a cluster's instances with it: of Multi-AZ clusters of RDS, and of the
        first Aurora Serverless, which has none."""
        if not self.is_cluster or self.engine is None:
            return None if self.is_cluster else False
        if self.engine == "docdb":
            return False
        if not self.engine.startswith("aurora"):
            return True
        mode = self.text("EngineMode", default="provisioned")
        return None if mode is None else mode != "provisioned"

    @cached_property
    def members(self) -> tuple["Database", ...]:
        """Of a cluster; without one nothing answers."""
        found = self.graph.all(Database)
        return tuple(each for each in found if each.cluster and each.cluster.node is self)

    @property
    def whole(self) -> "Database":
        """What has the network's properties: of a member, its cluster."""
        cluster = self.cluster.node if self.cluster else None
        return cluster or self

    @property
    def engine(self) -> str | None:
        if self.resource.type.startswith("AWS::DocDB::"):
            return "docdb"
        found = self.whole.text("Engine")
        return None if found is None else found.lower()

    @property
    def version(self) -> str | None:
        return self.whole.text("EngineVersion")

    @property
    def port(self) -> int | None:
        whole = self.whole
        if whole.given("Port") is not False:
            return whole.number("Port")
        return PORTS.get(self.engine or "")

    @property
    def subnet_group(self) -> Link["SubnetGroup"] | None:
        return self.whole.link(SubnetGroup, "DBSubnetGroupName")

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        group = self.subnet_group.node if self.subnet_group else None
        return group.subnets if group else Listing(complete=False)

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        """None given means the network's default group."""
        whole = self.whole
        for name in ("VPCSecurityGroups", "VpcSecurityGroupIds"):
            if whole.given(name) is not False:
                return whole.links(SecurityGroup, name)
        return Listing(complete=False)

    @property
    def parameter_group(self) -> Link["ParameterGroup"] | None:
        names = ("DBParameterGroupName", "DBClusterParameterGroupName")
        links = (self.whole.link(ParameterGroup, name) for name in names)
        return next((each for each in links if each), None)

    @property
    def parameters(self) -> dict[str, Value]:
        """That its group sets; of the others, AWS's defaults hold."""
        group = self.parameter_group.node if self.parameter_group else None
        return group.parameters if group else {}

    @property
    def is_copy(self) -> Truth:
        """Whether it takes what is not said here from another database."""
        return any_of(
            self.given(name)
            for name in ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier",
                         "ReplicationSourceIdentifier", "GlobalClusterIdentifier")
        )  # fmt: skip

    @property
    def is_public(self) -> bool | None:
        """Whether its name means a public address. Not said, its subnets decide."""
        return False if self.engine == "docdb" else self.flag("PubliclyAccessible")

    @property
    def endpoint(self) -> Value:
        """Its host name."""
        is_document = self.resource.type == "AWS::DocDB::DBCluster"
        name = "Endpoint" if is_document else "Endpoint.Address"
        known = self.physical.attributes.get(name) if self.physical else None
        return known or Attribute(self.resource.logical_id, name, self.resource.stack)

    @property
    def master_secret(self) -> ManagedSecret | None:
        """None where AWS makes none, or it is not known whether."""
        found = self.graph.all(ManagedSecret)
        return next((each for each in found if each.resource is self.resource), None)

    def companions(self) -> Iterator[Node]:
        if self.flag("ManageMasterUserPassword"):
            yield ManagedSecret.of(self.graph, self.resource)


class DbInstance(Database):
    TYPES = ("AWS::RDS::DBInstance", "AWS::DocDB::DBInstance")


class DbCluster(Database):
    TYPES = ("AWS::RDS::DBCluster", "AWS::DocDB::DBCluster")


class SubnetGroup(Node):
    TYPES = ("AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup")

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, "SubnetIds")


class ParameterGroup(Node):
    TYPES = (
        "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::DocDB::DBClusterParameterGroup",
    )

    @property
    def family(self) -> str | None:
        return self.text("Family")

    @property
    def parameters(self) -> dict[str, Value]:
        found = self.value("Parameters")
        return dict(found) if isinstance(found, dict) else {}
