"""Whether what a task is started with is in the secrets."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.secrets.own_loader import has_user_and_password
from deploy.ecs.preflight.secrets.passwords import rds_takes_them, urls_take_them
from deploy.ecs.preflight.secrets.references import (
    are_arns,
    are_whole,
    have_their_keys,
    rotation_reaches_tasks,
    versions_are_ids,
)

CHECKS: tuple[Check, ...] = (
    are_whole,
    have_their_keys,
    versions_are_ids,
    are_arns,
    rotation_reaches_tasks,
    rds_takes_them,
    urls_take_them,
    has_user_and_password,
)
