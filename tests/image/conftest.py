import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.environment import start_stand_in
from tests.image.building import alone, build, why_not
from tests.image.container import Container, image_files
from tests.image.shop import (
    DATABASE_HOST,
    NewContainer,
    Running,
    Service,
    configuration,
    hosts_file,
)
from tests.live.server import free_port
from tests.postgresql.debian import Debian, running


@pytest.fixture(scope="session")
def image() -> Iterator[None]:
    if reason := why_not():
        reason = f"THE IMAGE IS NOT TESTED: {reason}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with alone():
        build()
        yield


@pytest.fixture(scope="session")
def files(image: None) -> Iterator[Path]:
    with image_files() as root:
        yield root


@pytest.fixture(scope="session")
def postgresql(image: None) -> Iterator[Debian]:
    with running(DATABASE_HOST) as server:
        yield server


@pytest.fixture(scope="session")
def new_container(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewContainer]:
    """Makes one with the given variables, which is gone at the end of the session."""
    folder = tmp_path_factory.mktemp("containers")
    hosts = {hosts_file(folder): "/etc/hosts"}
    with ExitStack() as stack:

        def new(mounts: dict[Path, str] | None = None, **variables: str) -> Container:
            container = Container(files, folder, hosts | (mounts or {}), **variables)
            stack.callback(container.remove)
            return container

        yield new


@pytest.fixture(scope="session")
def services(
    new_container: NewContainer, postgresql: Debian, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Service]]:
    """Configured and migrated, not started.

    The database of accounts is a PostgreSQL that is reached by TLS, that of the catalog the
    stand-in for DocumentDB.
    """
    ports = {"accounts": free_port(), "catalog": free_port()}
    certificate = {postgresql.authority.path: "/ca.pem"}
    with start_stand_in(tmp_path_factory.mktemp("documentdb")) as documentdb:
        databases = {
            "accounts": postgresql.url(DATABASE_HOST, sslrootcert="/ca.pem"),
            "catalog": documentdb.url("catalog"),
        }
        services = {}
        for name, url in databases.items():
            new = partial(new_container, certificate)
            service = Service(new, name, configuration(name, url, ports))
            keys = service.finished("manage", "make_signing_keys")
            service = service.configured(SIGNING_KEYS=keys.strip())
            service.finished("migrate")
            services[name] = service
        yield services


@pytest.fixture(scope="session")
def accounts(services: dict[str, Service]) -> Running:
    return services["accounts"].start()


@pytest.fixture(scope="session")
def catalog(services: dict[str, Service]) -> Running:
    return services["catalog"].start()
