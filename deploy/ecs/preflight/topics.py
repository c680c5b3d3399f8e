"""What is asked, by topic."""

from deploy.ecs.preflight import (
    balancing,
    connections,
    containers,
    databases,
    egress,
    permissions,
    placement,
    secrets,
    stacks,
)
from deploy.ecs.preflight.check import Check

CHECKS: tuple[Check, ...] = (
    *stacks.CHECKS,
    *placement.CHECKS,
    *egress.CHECKS,
    *connections.CHECKS,
    *permissions.CHECKS,
    *secrets.CHECKS,
    *balancing.CHECKS,
    *containers.CHECKS,
    *databases.CHECKS,
)
