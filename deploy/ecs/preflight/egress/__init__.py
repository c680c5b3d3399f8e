"""Whether tasks and instances get to AWS's services and to registries."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.egress.addresses import subnets_have_addresses
from deploy.ecs.preflight.egress.agents import agents_reach_ecs
from deploy.ecs.preflight.egress.bastions import sessions_reach_bastions
from deploy.ecs.preflight.egress.races import signals_arrive, waits_for_its_route
from deploy.ecs.preflight.egress.task_interfaces import (
    interfaces_get_out,
    public_address_on_instances,
)
from deploy.ecs.preflight.egress.tasks import tasks_reach_aws

CHECKS: tuple[Check, ...] = (
    tasks_reach_aws,
    interfaces_get_out,
    public_address_on_instances,
    agents_reach_ecs,
    sessions_reach_bastions,
    subnets_have_addresses,
    waits_for_its_route,
    signals_arrive,
)
