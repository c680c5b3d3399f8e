"""An AWS account for a rehearsal."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import boto3
from botocore.config import Config
from moto.backends import get_backend
from moto.cloudformation import urls
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from deploy.ecs.clock import Clock
from deploy.ecs.evaluator import Stack
from deploy.ecs.rehearsal.cloud.cloudformation.api import Api
from deploy.ecs.rehearsal.cloud.cloudformation.engine import Engine
from deploy.ecs.rehearsal.cloud.cloudformation.requests import Requests
from deploy.ecs.rehearsal.cloud.gaps import (
    containers,
    databases,
    histories,
    instance_connect,
    launch_templates,
    load_balancers,
    zones,
)
from deploy.ecs.rehearsal.cloud.gaps.instance_connect import SentKey
from deploy.ecs.rehearsal.cloud.patches import Patches
from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.scheduler import Scheduler
from deploy.ecs.rehearsal.cloud.server import Server
from deploy.ecs.rehearsal.timeline import Timeline

ACCOUNT = "123456789012"
TIMEOUT = 60  # real seconds; moto may import a service's module first


class Cloud:
    """A context manager: its server runs inside, and moto is as it was afterwards."""

    account = ACCOUNT

    def __init__(
        self,
        region: str,
        clock: Clock,
        scheduler: Scheduler | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self.region = region
        self.clock = clock
        self.scheduler = scheduler  # may be given later: it needs this one's url
        self.timeline = timeline or Timeline(clock)
        self.sent_keys: list[SentKey] = []
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            folder = Path(exits.enter_context(TemporaryDirectory(prefix="rehearsal-")))
            aws = Aws(self.account, self.region, self.client)
            self._engine = Engine(aws, self.clock, self.timeline, lambda: self.scheduler, folder)
            self._requests = Requests(self._engine)
            self._close_gaps(exits.enter_context(Patches()))
            BackendDict.reset()
            reset_model_data()
            self._server = Server()
            self._server.start()
            exits.callback(self._server.stop)
            self._session = boto3.Session("rehearsal", "rehearsal", region_name=self.region)
            exits.callback(self._close_clients)
            exits.callback(self._requests.close)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def _close_gaps(self, patches: Patches) -> None:
        api: type[Api] = type("CloudFormationApi", (Api,), {"requests": self._requests})
        get_backend("cloudformation")  # which reads the paths
        patches.item(urls.url_paths, "{0}/$", api.dispatch)
        containers.close(patches)
        databases.close(patches)
        histories.close(patches)
        instance_connect.close(patches, self.sent_keys, self.clock)
        launch_templates.close(patches)
        load_balancers.close(patches)
        zones.close(patches)

    def _close_clients(self) -> None:
        for client in self._clients.values():
            client.close()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def variables(self) -> dict[str, str]:
        """The environment of whoever is to take this for AWS."""
        return {
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self.region,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "no_proxy": "127.0.0.1,localhost",
        }

    def client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                # Not tried again: what fails here failed.
                config = Config(
                    retries={"total_max_attempts": 1}, read_timeout=TIMEOUT, max_pool_connections=50
                )
                self._clients[service] = self._session.client(
                    service, endpoint_url=self.url, config=config
                )
            return self._clients[service]

    def fail(self, what: str, action: str, message: str, times: int = 1) -> None:
        """The next `times` that `what`, a logical id or a type, is made, changed or deleted
        (create, update, delete), this is what comes of it, also when a stack is rolled back."""
        self._engine.faults.ask(what, action, message, times)

    def physical_ids(self, stack: str) -> dict[str, str]:
        found = self._requests.find(stack)
        return {name: made.physical_id for name, made in found.made.items()}

    def stacks(self) -> list[Stack]:
        """All that is deployed now, with the values that it has."""
        return list(self._stacks())

    def _stacks(self) -> Iterator[Stack]:
        for each in self._engine.stacks.copy():
            if each.made and each.wanted:
                made = each.made.copy()
                yield replace(
                    each.wanted.evaluated,
                    parameters={**each.wanted.evaluated.parameters, **each.parameters},
                    resources={name: found.resource for name, found in made.items()},
                    outputs=dict(each.outputs),
                )
