"""Whether load balancers, tasks, databases, peers and people get to each other."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.connections.balancer_to_task import load_balancers_reach_tasks
from deploy.ecs.preflight.connections.bastion_to_database import bastions_reach_databases
from deploy.ecs.preflight.connections.database_clusters import clusters_have_instances
from deploy.ecs.preflight.connections.groups_in_networks import groups_are_of_the_network
from deploy.ecs.preflight.connections.internet_facing import (
    internet_facing_load_balancers_are_public,
)
from deploy.ecs.preflight.connections.network_acls import (
    acls_let_connections_through,
    acls_let_the_internet_in,
)
from deploy.ecs.preflight.connections.networks import (
    databases_are_in_the_network_of_tasks,
    databases_have_a_network,
)
from deploy.ecs.preflight.connections.peer_names import peers_have_names
from deploy.ecs.preflight.connections.public_peers import peers_are_private
from deploy.ecs.preflight.connections.rules_of_one_side import rules_for_databases_match
from deploy.ecs.preflight.connections.rules_without_source import rules_have_a_source
from deploy.ecs.preflight.connections.task_to_database import (
    databases_admit_somebody,
    tasks_reach_databases,
)
from deploy.ecs.preflight.connections.ways_in import bastions_have_a_way_in
from deploy.ecs.preflight.connections.zones import (
    load_balancers_have_two_zones,
    subnet_groups_have_two_zones,
    targets_are_in_zones_of_load_balancers,
)

CHECKS: tuple[Check, ...] = (
    load_balancers_reach_tasks,
    targets_are_in_zones_of_load_balancers,
    load_balancers_have_two_zones,
    internet_facing_load_balancers_are_public,
    tasks_reach_databases,
    databases_admit_somebody,
    rules_for_databases_match,
    databases_are_in_the_network_of_tasks,
    databases_have_a_network,
    subnet_groups_have_two_zones,
    clusters_have_instances,
    bastions_have_a_way_in,
    bastions_reach_databases,
    peers_have_names,
    peers_are_private,
    acls_let_connections_through,
    acls_let_the_internet_in,
    rules_have_a_source,
    groups_are_of_the_network,
)
