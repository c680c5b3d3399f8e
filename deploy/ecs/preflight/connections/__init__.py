"""Whether load balancers, tasks, databases, peers and people get to each other."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.connections.bastions import (
    bastions_have_a_way_in,
    bastions_reach_databases,
)
from deploy.ecs.preflight.connections.databases import (
    clusters_have_instances,
    subnet_groups_have_two_zones,
    tasks_reach_databases,
)
from deploy.ecs.preflight.connections.groups import groups_are_of_the_network, rules_have_sources
from deploy.ecs.preflight.connections.peers import (
    addresses_are_of_ecs,
    names_are_registered,
    public_balancers_are_no_peers,
)
from deploy.ecs.preflight.connections.targets import (
    balancers_have_two_zones,
    balancers_reach_tasks,
    public_balancers_are_public,
    targets_are_in_its_zones,
)

CHECKS: tuple[Check, ...] = (
    rules_have_sources,
    groups_are_of_the_network,
    balancers_have_two_zones,
    public_balancers_are_public,
    targets_are_in_its_zones,
    balancers_reach_tasks,
    subnet_groups_have_two_zones,
    clusters_have_instances,
    tasks_reach_databases,
    bastions_have_a_way_in,
    bastions_reach_databases,
    addresses_are_of_ecs,
    names_are_registered,
    public_balancers_are_no_peers,
)
