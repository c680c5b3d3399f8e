"""Whether the resources of stacks fit each other."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.stacks.order import (
    file_systems_can_be_mounted,
    images_can_have_been_pushed,
)
from deploy.ecs.preflight.stacks.placeholders import nothing_is_left_to_fill_in
from deploy.ecs.preflight.stacks.priorities import priorities_differ
from deploy.ecs.preflight.stacks.references import (
    referred_resources_exist,
    scaling_names_services,
)
from deploy.ecs.preflight.stacks.retired import (
    engines_are_supported,
    images_are_maintained,
    platforms_are_offered,
)

CHECKS: tuple[Check, ...] = (
    referred_resources_exist,
    nothing_is_left_to_fill_in,
    scaling_names_services,
    file_systems_can_be_mounted,
    images_can_have_been_pushed,
    priorities_differ,
    engines_are_supported,
    platforms_are_offered,
    images_are_maintained,
)
