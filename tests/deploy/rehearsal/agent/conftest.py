from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.agent.ground import PROGRAM, Ground

FAST = 300  # seconds in a real one


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with (
        Cloud("eu-central-1", Clock(FAST)) as cloud,
        Agent(cloud, tmp_path, program=PROGRAM) as agent,
    ):
        found = Ground(cloud, agent)
        found.lay()
        yield found
