"""Single faults, by topic."""

from tests.deploy.preflight.corpus.variant import Variant
from tests.deploy.preflight.corpus.variants import (
    balancing,
    connections,
    definitions,
    egress,
    permissions,
    placement,
)

VARIANTS: list[Variant] = [
    *placement.VARIANTS,
    *egress.VARIANTS,
    *connections.VARIANTS,
    *permissions.VARIANTS,
    *balancing.VARIANTS,
    *definitions.VARIANTS,
]
