"""Whether there is an instance in a database cluster, without which nothing answers."""

from collections.abc import Iterator

from deploy.ecs.graph import Database, DbCluster, Graph
from deploy.ecs.graph.databases import DbInstance
from deploy.ecs.graph.parts import is_meant
from deploy.ecs.preflight.connections.uses import kind_of
from deploy.ecs.preflight.finding import Finding, error


def clusters_have_instances(graph: Graph) -> Iterator[Finding]:
    for cluster in graph.all(DbCluster):
        is_full = cluster.makes_members is not False or cluster.is_copy is not False
        if not is_full and not any(_may_be_of(each, cluster) for each in graph.all(DbInstance)):
            yield _without(cluster)


def _may_be_of(instance: DbInstance, cluster: Database) -> bool:
    if instance.given("DBClusterIdentifier") is False:
        return False
    return is_meant(cluster, instance.cluster) is not False


def _without(cluster: Database) -> Finding:
    name = cluster.resource.logical_id
    service = "DocDB" if cluster.engine == "docdb" else "RDS"
    return error(
        "D07",
        cluster,
        why=[
            f"{name} is a cluster of {kind_of(cluster) or cluster.engine}, which is storage and "
            "names; what answers are its instances.",
            f"No AWS::{service}::DBInstance of these stacks has it as its DBClusterIdentifier.",
        ],
        message=f"Connection refused by {name}, whose name leads to no instance",
        cure=f"Add an AWS::{service}::DBInstance with DBClusterIdentifier: !Ref {name}.",
    )
