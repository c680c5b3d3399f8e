import logging
import os
from collections.abc import Iterator
from functools import cache

import pytest
from botocore.loaders import JSONFileLoader

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from tests.deploy.amazon import REGION, Amazon, in_front_of


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def models_read_once() -> Iterator[None]:
    """Those of AWS's services, which each session of boto3 reads anew."""
    with pytest.MonkeyPatch.context() as patch:
        read = JSONFileLoader.load_file
        kept = cache(lambda path: read(JSONFileLoader(), path))
        patch.setattr(JSONFileLoader, "load_file", lambda self, path: kept(path))
        yield


@pytest.fixture(scope="session", autouse=True)
def state_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Not of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def amazon(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    """This process is sent there."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    with in_front_of(moto) as amazon:
        for name, value in amazon.variables.items():
            monkeypatch.setenv(name, value)
        yield amazon


@pytest.fixture
def aws(amazon: Amazon) -> AWS:
    return AWS(REGION)


@pytest.fixture
def clock() -> Clock:
    return Clock(rate=1_000)
