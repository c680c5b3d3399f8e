"""What ECS does before the containers of a task run, in its order, and how it says what failed.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.ecr.models import ecr_backends
from moto.elbv2.models import elbv2_backends
from moto.logs.models import logs_backends

from deploy.ecs.rehearsal.agent import resolver
from deploy.ecs.rehearsal.agent.definitions import Container
from deploy.ecs.rehearsal.agent.interfaces import Interfaces
from deploy.ecs.rehearsal.agent.network import HOST, Network, free_port
from deploy.ecs.rehearsal.agent.permissions import Session
from deploy.ecs.rehearsal.agent.reachability import Interface, Reachability
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import Task
from deploy.ecs.rehearsal.agent.wires import SecretsManager, Wires

IMAGE = re.compile(
    r"(?P<registry>(?P<account>\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)/"
    r"(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?"
)
REFERENCE = re.compile(r"(?P<arn>arn:aws:secretsmanager:[^:]+:\d{12}:secret:[^:]+)(?P<rest>.*)")
SHORTEST_VERSION = 32  # characters of a secret's version id
UNREADABLE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret from asm: service call has been retried 1 "
    "time(s): "
)
UNAUTHORIZED = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 "
    "time(s): "
)
NO_STREAM = "ResourceInitializationError: failed to validate logger args: "
CHECK_NETWORK = "Please check your task network configuration."
DEFAULT_PORT = 8000  # of the image


class StartError(Exception):
    """The task's stopped reason."""


@dataclass(frozen=True)
class Prepared:
    """What a container is started with."""

    command: list[str]
    environment: dict[str, str]
    say: Callable[[str], None]


@dataclass
class Starting:
    region: Region
    network: Network
    interfaces: Interfaces
    clients: Callable[[str], Any]
    wires: Callable[[Task], Wires]
    path: str

    def prepare(self, task: Task) -> list[Prepared]:
        """Raises StartError."""
        self.check_roles(task)
        for each in task.containers:
            self.pull(task, each.container)
        secrets = [self.secrets(task, each.container) for each in task.containers]
        says = [self.log(task, each.container) for each in task.containers]
        self.open_ports(task)
        wires = self.wires(task)
        given = self.credentials(task, wires)
        return [
            Prepared(
                [*self.region.program, *each.container.command],
                self.environment(task, each.container, found, given, wires),
                say,
            )
            for each, found, say in zip(task.containers, secrets, says, strict=True)
        ]

    def target_group(self, arn: str) -> Any:
        return elbv2_backends[self.region.account][self.region.name].target_groups[arn]

    def reachability(self) -> Reachability:
        return Reachability(self.region.graph(), self.region.name)

    def session(self, task: Task, role: str) -> Session:
        return Session(self.region.graph(), self.region.account, role, task.id)

    def execution(self, task: Task) -> Session | None:
        role = task.wish.definition.execution_role
        return self.session(task, role) if role else None

    def puller(self, task: Task) -> Interface:
        """Who pulls images and reads secrets: on an instance its agent, not the task."""
        return self.interfaces.host(task)

    def check_roles(self, task: Task) -> None:
        definition = task.wish.definition
        for role in (definition.execution_role, definition.task_role):
            if role and not self.session(task, role).trusts_tasks():
                arn = f"arn:aws:iam::{self.region.account}:role/{role}"
                raise StartError(
                    f"ECS was unable to assume the role '{arn}' that was provided for this task. "
                    "Please verify that the role being passed has the proper trust relationship "
                    "and permissions and that your IAM user has permissions to pass this role."
                )

    def pull(self, task: Task, container: Container) -> None:
        found = IMAGE.fullmatch(container.image)
        if not found:
            if not self.reachability().reaches_outside(self.puller(task), 443):
                raise StartError(self._waiting(container.image.partition("/")[0]))
            return
        self._authorize(task, found["name"])
        here = self.reachability()
        puller = self.puller(task)
        if not here.reaches_service(puller, "ecr.dkr"):
            raise StartError(self._waiting(found["registry"]))
        self._find(found, container.image)
        if not here.reaches_storage(puller):
            bucket = f"prod-{self.region.name}-starport-layer-bucket.s3.{self.region.name}"
            raise StartError(
                "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
                "httpReaderSeeker: failed open: failed to do request: Get "
                f'"https://{bucket}.amazonaws.com/": dial tcp 52.0.0.1:443: i/o timeout'
            )

    def _waiting(self, registry: str) -> str:
        return (
            f'CannotPullContainerError: Error response from daemon: Get "https://{registry}/v2/": '
            "net/http: request canceled while waiting for connection (Client.Timeout exceeded "
            "while awaiting headers)"
        )

    def _authorize(self, task: Task, repository: str) -> None:
        execution = self.execution(task)
        if not self.reachability().reaches_service(self.puller(task), "ecr.api"):
            address = f"https://api.ecr.{self.region.name}.amazonaws.com/"
            raise StartError(
                f'{UNAUTHORIZED}RequestError: send request failed caused by: Post "{address}": '
                f"dial tcp 52.0.0.1:443: i/o timeout. {CHECK_NETWORK}"
                if task.wish.on_fargate
                else self._waiting(f"api.ecr.{self.region.name}.amazonaws.com")
            )
        if execution is None:
            if task.wish.on_fargate:
                raise StartError(
                    "Fargate requires task definition to have execution role ARN to support ECR "
                    "images."
                )
            execution = self.interfaces.instance_session(task)
        arn = self.region.arn("ecr", f"repository/{repository}")
        denied = execution and (
            execution.denial("ecr:GetAuthorizationToken")
            or execution.denial("ecr:BatchGetImage", arn)
            or execution.denial("ecr:GetDownloadUrlForLayer", arn)
        )
        if denied:
            raise StartError(
                "CannotPullContainerError: The task can't pull the image. Check that the role has "
                f"the permissions to pull images from the registry. AccessDeniedException: {denied}"
            )

    def _find(self, image: "re.Match[str]", written: str) -> None:
        repositories = ecr_backends[image["account"]][self.region.name].repositories
        repository = repositories.get(image["name"])
        if repository is None:
            raise StartError(
                "CannotPullContainerError: Error response from daemon: repository "
                f"{image['registry']}/{image['name']} not found: name unknown: The repository with "
                f"name '{image['name']}' does not exist in the registry with id "
                f"'{image['account']}'"
            )
        tag, digest = image["tag"] or "latest", image["digest"]
        images = list(repository.images)
        if digest:
            is_there = any(each.get_image_digest() == digest for each in images)
        else:
            is_there = any(tag in each.image_tags for each in images)
        if not is_there:
            raise StartError(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed "
                f"to resolve ref {written}: {written}: not found"
            )

    def secrets(self, task: Task, container: Container) -> dict[str, str]:
        if not container.secrets:
            return {}
        execution = self.execution(task)
        if execution is None:
            raise StartError(
                "ResourceInitializationError: unable to pull secrets or registry auth: unable to "
                "find execution role credentials"
            )
        return {
            name: self.secret(task, execution, written)
            for name, written in container.secrets.items()
        }

    def secret(self, task: Task, execution: Session, written: str) -> str:
        found = REFERENCE.fullmatch(written)
        if not found:
            raise StartError(
                "ResourceInitializationError: unable to pull secrets or registry auth: unable to "
                "retrieve secrets from ssm: service call has been retried 1 time(s): invalid "
                f"parameters: {written}"
            )
        if not self.reachability().reaches_service(self.puller(task), "secretsmanager"):
            address = f"https://secretsmanager.{self.region.name}.amazonaws.com/"
            raise StartError(
                f'{UNREADABLE}RequestCanceled: request context canceled caused by: Post "{address}'
                f'": dial tcp 52.0.0.1:443: i/o timeout. {CHECK_NETWORK}'
            )
        fields = found["rest"].split(":")[1:]
        # Three fields or none: what else stands there is a part of the name.
        arn = found["arn"] if len(fields) in {0, 3} else written
        key, stage, version = fields if len(fields) == 3 else ("", "", "")
        denied = execution.denial("secretsmanager:GetSecretValue", arn)
        if denied:
            raise StartError(f"{UNREADABLE}AccessDeniedException: {denied}")
        if version and len(version) < SHORTEST_VERSION:
            raise StartError(
                f"{UNREADABLE}InvalidParameter: 1 validation error(s) found. - minimum field size "
                "of 32, GetSecretValueInput.VersionId."
            )
        return self._value(arn, key, stage, version)

    def _value(self, arn: str, key: str, stage: str, version: str) -> str:
        wanted = {"SecretId": arn, "VersionStage": stage, "VersionId": version}
        given = {name: value for name, value in wanted.items() if value}
        try:
            answer = self.clients("secretsmanager").get_secret_value(**given)
        except ClientError as error:
            told = error.response["Error"]
            raise StartError(f"{UNREADABLE}{told['Code']}: {told['Message']}") from error
        value = str(answer.get("SecretString", ""))
        if not key:
            return value
        try:
            content = json.loads(value)
        except ValueError as error:
            raise StartError(
                f"{UNREADABLE}invalid character in the secret, which is not JSON"
            ) from error
        if key not in content:
            raise StartError(
                f"{UNREADABLE}retrieved secret from Secrets Manager did not contain json key {key}"
            )
        return str(content[key])

    def log(self, task: Task, container: Container) -> Callable[[str], None]:
        """What takes the container's lines."""
        told = container.log
        source = f"log {task.wish.group.partition(':')[2]}"
        if told is None:
            return lambda line: self.region.timeline.add(source, line)
        if not self.reachability().reaches_service(self.puller(task), "logs"):
            raise StartError(f"{NO_STREAM}: signal: killed")
        session = self.execution(task) or self.interfaces.instance_session(task)
        stream = f"{told.prefix}/{container.name}/{task.id}"
        backend = logs_backends[self.region.account][self.region.name]
        if told.creates_group and told.group not in backend.groups:
            self._may_log(session, "logs:CreateLogGroup", told.group, "*")
            backend.create_log_group(told.group, {})
        self._may_log(session, "logs:CreateLogStream", told.group, stream)
        if told.group not in backend.groups:
            raise StartError(
                f"{NO_STREAM}create stream has been retried 1 times: failed to create Cloudwatch "
                "log stream: ResourceNotFoundException: The specified log group does not exist. : "
                "exit status 1"
            )
        backend.create_log_stream(told.group, stream)

        def say(line: str) -> None:
            moment = int(self.region.now().timestamp() * 1000)
            # Not by PutLogEvents, which refuses what is ahead of the machine's own clock.
            found = backend.groups.get(told.group)
            if found and stream in found.streams:
                found.put_log_events(stream, [{"timestamp": moment, "message": line}])
            self.region.timeline.add(source, line)

        return say

    def _may_log(self, session: Session | None, action: str, group: str, stream: str) -> None:
        arn = self.region.arn("logs", f"log-group:{group}:log-stream:{stream}")
        denied = session.denial(action, arn) if session else None
        if denied:
            raise StartError(
                f"{NO_STREAM}create stream has been retried 1 times: failed to create Cloudwatch "
                f"log stream: AccessDeniedException: {denied}: exit status 1"
            )

    def open_ports(self, task: Task) -> None:
        """One of this machine for each port that a container listens at: where PORT says."""
        for each in task.containers:
            if each.container.ports:
                port = int(each.container.environment.get("PORT", DEFAULT_PORT))
                task.real_ports[port] = free_port()

    def credentials(self, task: Task, wires: Wires) -> dict[str, str]:
        """How the containers call AWS: by a wire that knows who they are."""
        role = task.wish.definition.task_role
        session = self.session(task, role) if role else self.interfaces.metadata_session(task)
        given = {
            "AWS_REGION": self.region.name,
            "AWS_DEFAULT_REGION": self.region.name,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if session is None:
            return given
        interface = self.interfaces.own(task)

        def is_open() -> bool:
            return self.reachability().reaches_service(interface, "secretsmanager")

        def denial(action: str, secret: str) -> str | None:
            own = Session(self.region.graph(), self.region.account, session.role, session.name)
            arn = secret if secret.startswith("arn:") else self._secret_arn(secret)
            return own.denial(f"secretsmanager:{action}", arn) or self._key_denial(own, arn)

        port = int(self.region.url.rpartition(":")[2])
        if is_open():
            wire = wires.listen(SecretsManager(is_open, denial, port).serve)
        else:
            wire = self.network.black_hole()
        return given | {
            "AWS_ACCESS_KEY_ID": f"ASIA{task.id[:16].upper()}",
            "AWS_SECRET_ACCESS_KEY": task.id,
            "AWS_SESSION_TOKEN": task.id,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": f"http://127.0.0.1:{wire}",
        }

    def _secret_arn(self, name: str) -> str:
        try:
            return str(self.clients("secretsmanager").describe_secret(SecretId=name)["ARN"])
        except ClientError:
            return self.region.arn("secretsmanager", f"secret:{name}")

    def _key_denial(self, session: Session, arn: str) -> str | None:
        """By the key, where it is one of the customer's."""
        try:
            key = self.clients("secretsmanager").describe_secret(SecretId=arn).get("KmsKeyId", "")
        except ClientError:
            return None
        if key.startswith("arn:aws:kms") and session.denial("kms:Decrypt", key):
            return "Access to KMS is not allowed"
        return None

    def environment(
        self,
        task: Task,
        container: Container,
        secrets: Mapping[str, str],
        credentials: Mapping[str, str],
        wires: Wires,
    ) -> dict[str, str]:
        own = wires.replaced(container.environment)
        names = self.region.folder / "names" / task.id
        resolver.write(names, wires.names, HOST)
        launch = "FARGATE" if task.wish.on_fargate else "EC2"
        given = {
            "PATH": self.path,
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(names),
            "AWS_EXECUTION_ENV": f"AWS_ECS_{launch}",
            "HOSTNAME": task.id,
            **credentials,
            **own,
            **secrets,
        }
        if container.ports:
            port = task.real_ports[int(container.environment.get("PORT", DEFAULT_PORT))]
            given["PORT"] = str(port)
            given["GUNICORN_CMD_ARGS"] = f"--bind=127.0.0.1:{port}"
        return given
