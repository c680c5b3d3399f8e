"""Whether containers are defined as ECS takes them, and leave something to read."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.containers.entering import entering_works
from deploy.ecs.preflight.containers.health_checks import commands_say_their_form, one_is_essential
from deploy.ecs.preflight.containers.logging import logs_are_kept
from deploy.ecs.preflight.containers.settings import debugging_is_off, key_is_given

CHECKS: tuple[Check, ...] = (
    commands_say_their_form,
    one_is_essential,
    logs_are_kept,
    debugging_is_off,
    key_is_given,
    entering_works,
)
