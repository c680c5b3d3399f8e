"""The project's own deployments, of every preset and shape: all are good."""

from collections.abc import Callable
from functools import partial

from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.own import own_stacks
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.preflight.templates import told
from deploy.ecs.stacks import Parts
from tests.deploy.presets import deployment, ids


def _findings(preset: str, shape: tuple[str, ...]) -> list[Finding]:
    stacks = own_stacks(Parts(deployment(preset, shape)))
    return [*told(stacks), *preflight(stacks)]


OWN: dict[str, Callable[[], list[Finding]]] = {
    f"{preset} {' '.join(shape)}": partial(_findings, preset, shape) for preset, shape in ids()
}
