from collections.abc import Iterator

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.cloud import Cloud


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    """Shared, since clients are slow to make; tests call their stacks differently."""
    with Cloud("eu-central-1", Clock(rate=100_000)) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of a test's own stack."""
    module = request.module.__name__.rpartition(".test_")[2]
    return f"{module}-{request.node.name.removeprefix('test_')}".replace("_", "-")
