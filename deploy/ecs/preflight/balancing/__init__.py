"""B04 to B07, B11, B12, B16 to B22: how requests get to tasks."""

from deploy.ecs.preflight.balancing.attached import attached
from deploy.ecs.preflight.balancing.draining import draining
from deploy.ecs.preflight.balancing.grace import grace
from deploy.ecs.preflight.balancing.health_port import health_port
from deploy.ecs.preflight.balancing.keep_alive import keep_alive
from deploy.ecs.preflight.balancing.matcher import matcher
from deploy.ecs.preflight.balancing.ports import ports
from deploy.ecs.preflight.balancing.registered import registered
from deploy.ecs.preflight.balancing.shadowed import shadowed
from deploy.ecs.preflight.balancing.target_type import target_type
from deploy.ecs.preflight.balancing.timeouts import timeouts
from deploy.ecs.preflight.check import Check

CHECKS: tuple[Check, ...] = (
    matcher,
    ports,
    health_port,
    target_type,
    registered,
    attached,
    grace,
    timeouts,
    draining,
    keep_alive,
    shadowed,
)
