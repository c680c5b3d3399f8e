"""A shop deployed in an account of the rehearsal's, without anybody who runs its tasks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from moto.backends import get_backend
from moto.ecs import models as ecs

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import CloudFormationStack
from deploy.ecs.configuration import read
from deploy.ecs.configuration.text import deployment_text
from deploy.ecs.progress import silent
from deploy.ecs.rehearsal.cloud import Cloud, NotStabilizedError
from deploy.ecs.stacks import Parts, Secrets
from deploy.ecs.up import Up

REGION = "eu-central-1"
BREAKER = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."


class Tasks:
    """In the place of the agent: tasks run at once, except those of a service in `failing`."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.cloud: Cloud | None = None

    def wait_until_stable(self, cluster: str, service: str) -> None:
        found = get_backend("ecs")["123456789012"][REGION].services[f"{cluster}:{service}"]
        for each in found.deployments:
            each["rolloutState"] = "FAILED" if service in self.failing else "COMPLETED"
        if service in self.failing:
            raise NotStabilizedError(BREAKER)
        found.running_count, found.pending_count = found.desired_count, 0
        assert self.cloud
        running = {"Name": "instance-state-name", "Values": ["running"]}
        instances = self.cloud.client("ec2").describe_instances(Filters=[running])["Reservations"]
        target = {"Id": instances[0]["Instances"][0]["InstanceId"], "Port": 32768}
        for each in found.load_balancers:
            self.cloud.client("elbv2").register_targets(
                TargetGroupArn=each["targetGroupArn"], Targets=[target]
            )


class Answering(BaseHTTPRequestHandler):
    """A proxy that answers for every host."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@cache
def account(url: str) -> AWS:
    """Clients take long to make, and find `url` in the environment."""
    return AWS(REGION)


@dataclass
class Shop:
    cloud: Cloud
    clock: Clock
    tasks: Tasks
    file: Path
    environment: str
    images: dict[str, str] = field(default_factory=dict)

    @classmethod
    def new(
        cls, cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path, environment: str, **more: str
    ) -> "Shop":
        file = folder / f"{environment}.toml"
        text = deployment_text(preset="free-tier", region=REGION, environment=environment)
        file.write_text(text + "".join(f"{key} = {value}\n" for key, value in more.items()))
        return cls(cloud, clock, tasks, file, environment)

    @property
    def aws(self) -> AWS:
        return account(self.cloud.url)

    @property
    def parts(self) -> Parts:
        return Parts(read(self.file, self.environment))

    def up(self) -> Up:
        up = Up(self.aws, self.parts, self.clock, silent())
        for part in ("registry", "network", "data", "cluster"):
            up.outputs[part] = self.stack(part).outputs()
        return up

    def stack(self, part: str) -> CloudFormationStack:
        return CloudFormationStack(self.aws, self.parts.stack_name(part), self.clock)

    def deploy(self) -> None:
        up = self.up()
        up.deploy(self.parts.registry())
        up.deploy(self.parts.network())
        up.deploy_protected(self.parts.data)
        up.deploy_protected(self.parts.cluster)
        self.deploy_services("first")

    def update(self, tag: str, name: str) -> None:
        """Of one service, and not its one-off tasks."""
        up = self.up()
        up.deploy_service(name, self.push(tag), self.secrets(up)[name])

    def deploy_services(self, tag: str) -> None:
        up, image = self.up(), self.push(tag)
        arns = self.secrets(up)
        for name, secrets in arns.items():
            up.deploy(self.parts.tasks(name, up.outputs, image, secrets))
        for name, secrets in arns.items():
            up.deploy_service(name, image, secrets)

    def secrets(self, up: Up) -> dict[str, Secrets]:
        return {name: up.secrets(name) for name in self.parts.deployment.services}

    def push(self, tag: str) -> str:
        """Its whole name, by digest."""
        registry = self.stack("registry").outputs()
        if tag not in self.images:
            layers: list[Any] = [{"digest": f"sha256:{len(self.images):064x}", "size": 1}]
            manifest = {
                "schemaVersion": 2,
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": {"digest": f"sha256:{len(self.images) + 100:064x}", "size": 1},
                "layers": layers,
            }
            image = self.cloud.client("ecr").put_image(
                repositoryName=registry["RepositoryName"],
                imageManifest=json.dumps(manifest),
                imageTag=tag,
            )["image"]
            self.images[tag] = f"{registry['RepositoryUri']}@{image['imageId']['imageDigest']}"
        return self.images[tag]

    def image(self, service: str) -> str:
        return self.stack(service).parameters()["Image"]

    def write(self, service: str, stream: str, *texts: str, ago: timedelta = timedelta(0)) -> None:
        """Lines of its log, a millisecond after each other."""
        logs, group = self.cloud.client("logs"), self.stack("cluster").outputs()["LogGroup"]
        name = f"{service}/{stream}"
        known = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name)
        if not known["logStreams"]:
            logs.create_log_stream(logGroupName=group, logStreamName=name)
        # Not by the clock: CloudWatch takes nothing that is two hours ahead.
        now = int((datetime.now(UTC) - ago).timestamp() * 1000)
        events = [{"timestamp": now + number, "message": text} for number, text in enumerate(texts)]
        logs.put_log_events(logGroupName=group, logStreamName=name, logEvents=events)


TASK = "0123456789abcdef"


@contextmanager
def dead_task(shop: Shop, service: str, exit_code: int) -> Iterator[None]:
    """The only one of its service, instead of the one that runs."""
    backend = get_backend("ecs")[shop.cloud.account][REGION]
    cluster = shop.stack("cluster").outputs()["Cluster"]
    definition = backend.describe_task_definition(shop.parts.stack_name(service))
    task: Any = ecs.Task(
        backend.clusters[cluster], definition, None, None, backend, f"service:{service}"
    )
    task.id = TASK
    task.status, task.desired_status = "STOPPED", "STOPPED"
    task.created_at = shop.clock.now()
    task.stop_code = "EssentialContainerExited"
    task.stopped_reason = "Essential container in task exited"
    [container] = task.containers
    container.exitCode = exit_code
    running, backend.tasks[cluster] = backend.services[f"{cluster}:{service}"], {TASK: task}
    running.running_count = 0
    try:
        yield
    finally:
        running.running_count = running.desired_count
        del backend.tasks[cluster]
