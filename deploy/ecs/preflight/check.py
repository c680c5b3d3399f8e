"""What a check is."""

from collections.abc import Callable, Iterable

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Finding

Check = Callable[[Graph], Iterable[Finding]]
