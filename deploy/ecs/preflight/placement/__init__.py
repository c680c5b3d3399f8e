"""Whether a task finds a place, on instances or as a size of Fargate."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.placement.deployments import (
    breaker,
    mutable_tags,
    rolls_back,
)
from deploy.ecs.preflight.placement.joining import joining
from deploy.ecs.preflight.placement.matching import matching
from deploy.ecs.preflight.placement.on_fargate import on_fargate
from deploy.ecs.preflight.placement.places import places
from deploy.ecs.preflight.placement.ports import number_of_ports, reserved_ports
from deploy.ecs.preflight.placement.rolling_update import stuck

CHECKS: tuple[Check, ...] = (
    joining,
    places,
    matching,
    number_of_ports,
    reserved_ports,
    stuck,
    on_fargate,
    breaker,
    mutable_tags,
    rolls_back,
)
