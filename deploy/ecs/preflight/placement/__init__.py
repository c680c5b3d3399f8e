"""Whether a task finds a place, on instances or as a size of Fargate."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.placement.attributes import instances_are_near, processors_fit
from deploy.ecs.preflight.placement.deployments import failures_end, new_images_are_deployed
from deploy.ecs.preflight.placement.fargate_sizes import sizes_are_offered, stops_are_short
from deploy.ecs.preflight.placement.fitting import (
    all_tasks_fit,
    each_task_fits,
    memory_is_not_promised_twice,
    updates_have_room,
)
from deploy.ecs.preflight.placement.joining import instances_join
from deploy.ecs.preflight.placement.ports import ports_are_few_enough, ports_are_not_reserved

CHECKS: tuple[Check, ...] = (
    instances_join,
    each_task_fits,
    all_tasks_fit,
    updates_have_room,
    memory_is_not_promised_twice,
    ports_are_not_reserved,
    ports_are_few_enough,
    instances_are_near,
    processors_fit,
    sizes_are_offered,
    stops_are_short,
    failures_end,
    new_images_are_deployed,
)
