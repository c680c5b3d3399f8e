import os
from collections.abc import Iterator

import pytest

from tests.deploy.tunnel import cloud as clouds
from tests.deploy.tunnel.cloud import Cloud


@pytest.fixture(scope="session")
def one_cloud() -> Iterator[Cloud]:
    with clouds.running() as cloud:
        yield cloud


@pytest.fixture
def cloud(one_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in one_cloud.environment.items():
        monkeypatch.setenv(name, value)
    one_cloud.lent.clear()
    one_cloud.started.clear()
    yield one_cloud
    one_cloud.refuse_key = one_cloud.refuse_session = None
