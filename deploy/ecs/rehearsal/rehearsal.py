"""A deployment from beginning to end on this machine: the code of `up` against the rehearsal's
cloud, whose agent starts the image's entrypoints as processes. docs/rehearsal.md"""

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.configuration import Deployment
from deploy.ecs.configuration.text import written_out
from deploy.ecs.deployed import Deployed
from deploy.ecs.down.down import Down
from deploy.ecs.errors import DeploymentError
from deploy.ecs.image import Images
from deploy.ecs.progress import Progress
from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.cloud import Cloud
from deploy.ecs.rehearsal.content import build
from deploy.ecs.rehearsal.customers import Load, trade, under_load
from deploy.ecs.rehearsal.timeline import Timeline
from deploy.ecs.stacks import TEMPLATES, Parts
from deploy.ecs.up import Up

RATE = 30  # seconds of AWS in one of this machine


def on_this_machine(deployment: Deployment) -> Deployment:
    """Without what belongs to an account: a name of the world's DNS, networks, databases."""
    databases = {
        "postgresql": deployment.postgresql.model_copy(update={"existing": None}),
        "documentdb": deployment.documentdb.model_copy(update={"existing": None}),
    }
    address = {"domain": "", "hosted_zone": "", "certificate": "", "allow_http": True}
    others = {
        "account": None,
        "network": None,
        "kms_key": "",
        "permissions_boundary": "",
        "alarm_email": "",
    }
    return deployment.model_copy(update=databases | address | others)


class Locally(HTTPAdapter):
    """Sends what is meant for a load balancer to where all of them are."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        wanted = urlsplit(str(request.url))
        request.headers["Host"] = wanted.netloc
        request.url = wanted._replace(netloc=self.url.netloc).geturl()
        return super().send(request, *args, **kwargs)


@dataclass
class Rehearsal:
    deployment: Deployment
    progress: Progress
    templates: Path = TEMPLATES
    rate: float = RATE
    port: int = 0  # of the load balancer; 0 is any that is free
    resources: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Rehearsal":
        with ExitStack() as stack:
            self.folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-"))
            )
            self.clock = Clock(self.rate)
            self.timeline = Timeline(self.clock)
            self.cloud = stack.enter_context(
                Cloud(self.deployment.region, self.clock, timeline=self.timeline)
            )
            # What the commands keep of a rehearsal goes with it.
            self.state = {"XDG_STATE_HOME": str(self.folder / "state")}
            stack.enter_context(variables(self.cloud.variables | self.state))
            self.agent = stack.enter_context(self.listening())
            self.cloud.scheduler = self.agent
            self.aws = AWS(self.deployment.region)
            self.parts = Parts(on_this_machine(self.deployment), self.templates)
            self.resources = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self.resources.close()

    @contextmanager
    def listening(self) -> Iterator[Agent]:
        """Raises DeploymentError where the port cannot be had."""
        agent = Agent(self.cloud, self.folder, port=self.port)
        try:
            agent.__enter__()
        except OSError as error:
            raise DeploymentError(
                f"Port {self.port} of this machine cannot be had: {os.strerror(error.errno or 0)}.",
                "Give another one by --port, or none.",
            ) from error
        with ExitStack() as stack:
            stack.push(agent)
            yield agent

    def http(self) -> requests.Session:
        """Which finds the load balancers' names on this machine."""
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", Locally(self.agent.url))
        return session

    def build(self) -> None:
        """What the services are started from, instead of this checkout. Raises DeploymentError."""
        with self.progress.step("files of the image"):
            content = self.folder / "image"
            build(content)
            self.agent.region.content = content

    def up(self, image: Callable[[Images], str]) -> str:
        """The shop's URL. Raises DeploymentError."""
        return Up(self.aws, self.parts, self.clock, self.progress, self.http()).run(image)

    @property
    def local_url(self) -> str:
        """What the load balancer answers to for whoever has a browser here."""
        return self.agent.url

    def variables(self) -> dict[str, str]:
        """With which the commands work on it in another terminal."""
        file = self.folder / "deployment.toml"
        file.write_text(written_out(self.parts.deployment))
        return (
            self.cloud.variables
            | self.state
            | {
                "DEPLOYMENT_FILE": str(file),
                "REHEARSAL_CLOCK": str(self.clock),
                "http_proxy": self.local_url,
            }
        )

    def second_image(self) -> str:
        """The tag of one that is pushed and not deployed."""
        registry = Deployed.find(self.aws, self.parts).of("registry")
        return push(Images.of(self.aws, registry))

    def down(self) -> None:
        """Raises DeploymentError."""
        Down(self.aws, self.parts, self.clock, self.progress).run()

    def trade(self, url: str) -> None:
        with self.progress.step("sign up, sell, buy, close"):
            trade(self.http(), url)

    def update_under_load(self, url: str) -> Load:
        """A second revision, while people go on. Raises DeploymentError."""
        with under_load(self.http, url) as load:
            self.up(new_image)
        self.progress.say(f"{load.answers.total()} requests meanwhile, {len(load.failures)} failed")
        return load


def new_image(images: Images) -> str:
    return images.named(push(images))


def push(images: Images) -> str:
    """The tag, of what docker would have pushed; what it contains is this checkout."""
    layer = {"digest": f"sha256:{secrets.token_hex(32)}", "size": 1}
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": layer, "layers": [layer]}
    tag = secrets.token_hex(6)
    images.aws.client("ecr").put_image(
        repositoryName=images.name, imageManifest=json.dumps(manifest), imageTag=tag
    )
    return tag


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """As this process's own, for boto3."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
