"""What of AWS a task needs, and who asks for it: the task itself, or the agent of its instance.

On Fargate everything comes over the task's own interface (platform 1.4). On instances the agent
pulls images, reads `Secrets` and sends logs; the task's interface carries what runs in it.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container, Service
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.preflight.workloads import Workload


@dataclass(frozen=True)
class Need:
    """`service` is as endpoints name it; `action` on `resource` is what an endpoint's policy has to
    admit."""

    service: str
    what: str
    by_agent: bool
    action: str = ""
    resource: Value = "*"


BUCKET = "arn:aws:s3:::prod-{}-starport-layer-bucket/*"


def needs(workload: Workload, region: str | None) -> Iterator[Need]:
    definition = workload.definition
    if definition is None or workload.launch not in {"fargate", "ec2"}:
        return
    by_agent = workload.launch == "ec2"
    for container in definition.containers:
        if container.exists is not False:
            yield from _of_image(container, by_agent, region)
            yield from _of_secrets(container, by_agent)
            yield from _of_log(container, by_agent)
            yield from _of_application(container)
    if isinstance(workload.node, Service) and workload.node.allows_exec:
        yield Need("ssmmessages", "opens the channel of ECS Exec", False)


def _of_image(container: Container, by_agent: bool, region: str | None) -> Iterator[Need]:
    image = container.image
    kind = image.kind if image else None
    of = f"the image of {container.container_name}"
    if kind == "ecr":
        # Another region's registry has no endpoint here.
        own = image is None or image.region in {None, region} or region is None
        if own:
            yield Need("ecr.api", f"asks ECR for {of}", by_agent, "ecr:GetAuthorizationToken")
            yield Need("ecr.dkr", f"pulls {of}", by_agent, "ecr:BatchGetImage")
            bucket = BUCKET.format(region) if region else None
            yield Need("s3", f"pulls the layers of {of}", by_agent, "s3:GetObject", bucket)
        else:
            yield Need("internet", f"pulls {of} from another region", by_agent)
    elif kind in {"docker hub", "ecr public", "other"}:
        registry = image.registry if image else ""
        yield Need("internet", f"pulls {of} from {registry}", by_agent)


def _of_secrets(container: Container, by_agent: bool) -> Iterator[Need]:
    for each in container.secrets:
        if each.service == "secretsmanager":
            yield Need(
                "secretsmanager",
                f"reads {each.variable} from Secrets Manager",
                by_agent,
                "secretsmanager:GetSecretValue",
                each.target or each.arn,
            )
        elif each.service == "ssm":
            yield Need("ssm", f"reads {each.variable} from Parameter Store", by_agent)


def _of_log(container: Container, by_agent: bool) -> Iterator[Need]:
    log = container.log
    if log and log.driver == "awslogs":
        yield Need("logs", "sends its logs", by_agent, "logs:PutLogEvents")


def _of_application(container: Container) -> Iterator[Need]:
    """Where an environment variable names a secret, the application reads it by itself."""
    for name, value in container.environment.items():
        if names_secret(container, value):
            yield Need(
                "secretsmanager",
                f"reads the secret that {name} names, as the application",
                False,
                "secretsmanager:GetSecretValue",
                value,
            )


def names_secret(container: Container, value: Value) -> bool:
    if container.graph.find(value, SecretLike) is not None:
        return True
    first = (parts_of(value) or ("",))[0]
    return isinstance(first, str) and first.startswith("arn:") and ":secretsmanager:" in first
