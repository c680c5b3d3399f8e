"""Whether roles may do what they are needed for."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.permissions.execution import (
    has_execution_role,
    pulls_images,
    reads_secrets,
)
from deploy.ecs.preflight.permissions.logs import (
    keys_admit_logs,
    log_groups_exist,
    may_write_logs,
)
from deploy.ecs.preflight.permissions.roles import ecs_may_assume, instances_may_join
from deploy.ecs.preflight.permissions.starting import (
    deployers_may_pass_roles,
    schedules_may_start_tasks,
)
from deploy.ecs.preflight.permissions.task_roles import (
    has_task_role,
    may_be_entered,
    may_read_secrets,
)

CHECKS: tuple[Check, ...] = (
    pulls_images,
    reads_secrets,
    has_execution_role,
    log_groups_exist,
    may_write_logs,
    keys_admit_logs,
    ecs_may_assume,
    instances_may_join,
    has_task_role,
    may_read_secrets,
    may_be_entered,
    schedules_may_start_tasks,
    deployers_may_pass_roles,
)
