"""Whether the databases are what their clients take them for."""

from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.databases.connection_counts import connections_suffice
from deploy.ecs.preflight.databases.parameter_groups import families_fit
from deploy.ecs.preflight.databases.urls import (
    documentdb_agrees_on_tls,
    documentdb_does_not_retry,
    postgresql_wants_tls,
)

CHECKS: tuple[Check, ...] = (
    families_fit,
    postgresql_wants_tls,
    documentdb_agrees_on_tls,
    documentdb_does_not_retry,
    connections_suffice,
)
