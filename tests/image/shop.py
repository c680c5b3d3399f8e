"""Both services in containers, configured as in production."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import requests

from tests.image.container import Container

NewContainer = Callable[..., Container]
FINISHED_WITHIN = 60  # seconds
# Names, because production refuses a peer at the container's own address.
HOSTS = {"accounts": "accounts.shop.internal", "catalog": "catalog.shop.internal"}
# To a host of AWS nothing is said without verified TLS.
DATABASE_HOST = "shop.c0ffee.eu-central-1.rds.amazonaws.com"


def hosts_file(folder: Path) -> Path:
    names = ["localhost", DATABASE_HOST, *HOSTS.values()]
    file = folder / "hosts"
    file.write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    return file


def configuration(service: str, database_url: str, ports: dict[str, int]) -> dict[str, str]:
    peers = {f"{name.upper()}_URL": f"http://{HOSTS[name]}:{port}" for name, port in ports.items()}
    return {
        "PORT": str(ports[service]),
        "SECRET_KEY": f"of {service}, for tests only, fifty characters and some more",
        "BASE_URL": "http://shop.example.com",
        "ALLOWED_HOSTS": ",".join(["127.0.0.1", *HOSTS.values()]),
        "DATABASE_URL": database_url,
        "WEB_CONCURRENCY": "1",
        **peers,
    }


@dataclass(frozen=True)
class Running:
    container: Container
    url: str

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/ready", timeout=5).ok
        except requests.ConnectionError:
            return False


@dataclass(frozen=True)
class Service:
    new_container: NewContainer
    name: str
    variables: dict[str, str]

    def configured(self, **variables: str) -> "Service":
        return replace(self, variables=self.variables | variables)

    def task(self, *command: str) -> Container:
        """A container that does one thing."""
        settings = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{self.name}"}
        container = self.new_container(**self.variables, **settings)
        container.start(*command)
        return container

    def finished(self, *command: str) -> str:
        """What such a container said."""
        container = self.task(*command)
        assert container.wait(FINISHED_WITHIN) == 0, container.logged()
        return container.logged()

    def start(self) -> Running:
        container = self.new_container(**self.variables)
        container.start(self.name)
        running = Running(container, f"http://127.0.0.1:{self.variables['PORT']}")
        container.wait_until(running.is_ready)
        return running
