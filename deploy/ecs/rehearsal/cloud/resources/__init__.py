"""Every type of resource that a rehearsal can make, each by the API of its service."""

from deploy.ecs.rehearsal.cloud.resources import (
    containers,
    databases,
    hosts,
    identity,
    load_balancing,
    names,
    network,
    security_groups,
    watching,
)
from deploy.ecs.rehearsal.cloud.resources.kind import Kind

KINDS: dict[str, Kind] = {
    **containers.KINDS,
    **databases.KINDS,
    **hosts.KINDS,
    **identity.KINDS,
    **load_balancing.KINDS,
    **names.KINDS,
    **network.KINDS,
    **security_groups.KINDS,
    **watching.KINDS,
}
