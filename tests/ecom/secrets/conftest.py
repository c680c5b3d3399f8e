import os
from collections.abc import Callable, Iterator

import pytest
from moto.server import ThreadedMotoServer

from ecom.secrets import reading
from tests.ecom.secrets.aws import CREDENTIALS, ENDPOINT, REGION, SecretsManager

AskAt = Callable[[str], None]


@pytest.fixture(scope="session")
def moto() -> Iterator[SecretsManager]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield SecretsManager(f"http://{host}:{port}")
    server.stop()


@pytest.fixture(autouse=True)
def aws_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "ECS_", "ECOM_SECRET", "ECOM_DATABASE")):
            monkeypatch.delenv(name)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", REGION)
    for kept in (reading._outcome, reading.session, reading.caller):
        kept.cache_clear()


@pytest.fixture
def secrets(moto: SecretsManager, monkeypatch: pytest.MonkeyPatch) -> SecretsManager:
    """This process reads from moto too."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.variables["AWS_ENDPOINT_URL"])
    return moto


@pytest.fixture
def ask_at(monkeypatch: pytest.MonkeyPatch) -> AskAt:
    """Lets this process look for Secrets Manager at a URL."""
    return lambda url: monkeypatch.setenv(ENDPOINT, url)
