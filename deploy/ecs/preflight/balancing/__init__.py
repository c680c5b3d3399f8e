"""Whether the load balancer finds a service well and sends it what is meant for it."""

from deploy.ecs.preflight.balancing.draining import connections_outlive_requests, delays_fit
from deploy.ecs.preflight.balancing.feeds import (
    containers_are_there,
    groups_have_listeners,
    target_types_fit,
)
from deploy.ecs.preflight.balancing.health import (
    codes_are_possible,
    new_tasks_have_time,
    ports_are_the_tasks,
    timeouts_are_shorter,
)
from deploy.ecs.preflight.balancing.listening import containers_listen
from deploy.ecs.preflight.balancing.rules import rules_are_asked
from deploy.ecs.preflight.check import Check

CHECKS: tuple[Check, ...] = (
    target_types_fit,
    containers_are_there,
    groups_have_listeners,
    containers_listen,
    timeouts_are_shorter,
    ports_are_the_tasks,
    codes_are_possible,
    new_tasks_have_time,
    delays_fit,
    connections_outlive_requests,
    rules_are_asked,
)
