"""The first cause of a failure, in what ECS, the load balancer and the application said of it.

Ids are those of docs/deployment-faults.md. Messages are AWS's, quoted in its documentation:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.stopped import StoppedTask

# Said here: while a capacity provider may still start an instance, ECS says nothing.
WAITS = "has a task that waits for an instance"


@dataclass
class Evidence:
    """Of `what` failed, such as "the service accounts", each in the order in which it came."""

    what: str
    events: list[str] = field(default_factory=list)  # of the service, or of RunTask
    targets: list[str] = field(default_factory=list)  # why the load balancer finds them unhealthy
    stopped: list[StoppedTask] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    fault: str
    pattern: str
    cause: str  # {what}, {found} and the pattern's groups stand for themselves
    cure: str


# What is said of the whole, by ECS before a task exists.
PLACEMENT = [
    Known(
        "P01",
        r"insufficient memory available|RESOURCE:MEMORY",
        "No instance has as much memory as a task of {what} asks for.",
        "Lower memory in [task], or take a larger instance_type or more instances.",
    ),
    Known(
        "P02",
        r"insufficient CPU units available|RESOURCE:CPU",
        "No instance has as many processor shares as a task of {what} asks for.",
        "Lower cpu in [task], or take a larger instance_type or more instances.",
    ),
    Known(
        "P03",
        r"RESOURCE:ENI",
        "No instance has a network interface left for a task of {what}; with awsvpc each takes "
        "one.",
        "Take a larger instance_type, more instances, or network_mode bridge.",
    ),
    Known(
        "P05",
        r"already using a port required by your task|RESOURCE:PORTS",
        "The port of {what} is taken on every instance; with host each holds one task of a "
        "service.",
        "Take more instances, or network_mode bridge or awsvpc.",
    ),
    Known(
        "P13",
        r"encountered error \"AGENT\"|\bAGENT\b",
        "ECS has no connection to the agent of the instances that {what} is to run on.",
        "End these instances; the auto scaling group starts others. If they come to the same, "
        "their subnets lack a way to ECS: egress.",
    ),
    Known(
        "P11",
        rf"(?i)No container instances? were found in your cluster|EMPTY CAPACITY PROVIDER|{WAITS}",
        "No instance with a place for {what} has joined the cluster.",
        "See that its subnets have a way to ECS (egress nat or endpoints, or tasks_in public), "
        "that instances.max admits one more, that an instance_type is as large as [task], and that "
        "the account may start it, as the activity of the auto scaling group says.",
    ),
    Known(
        "P14",
        r"missing an attribute required by your task|ATTRIBUTE",
        "No instance has an attribute that a task of {what} needs: {found}.",
        "Take an instance_type and an image for ECS that have it.",
    ),
    Known(
        "P17",
        r"reached the limit on the number of (?P<of>tasks|vCPUs)",
        "The account's limit on the number of {of} at a time is reached.",
        "Ask AWS for more under Service Quotas, or run fewer tasks.",
    ),
    Known(
        "P18",
        r"InsufficientFreeAddressesInSubnet|not have enough free addresses",
        "The subnets of {what} have no addresses left.",
        "Give it larger subnets, or run fewer tasks.",
    ),
    Known(
        "A09",
        r"Unable to assume the service linked role",
        "ECS may not act for this account yet, as on the day of its first cluster.",
        "Wait a minute and give the same command again: it goes on where it was.",
    ),
    Known(
        "B07",
        r"target type (?P<type>\w+), which is incompatible with the (?P<mode>\w+) network mode",
        "The target group has target type {type}, which tasks with {mode} cannot be in.",
        "With awsvpc it has to be ip, with bridge and host instance.",
    ),
    Known(
        "B11",
        r"does not have an associated load balancer",
        "The target group of {what} belongs to no listener of a load balancer.",
        "Give it a listener rule, and let the service depend on that.",
    ),
    Known(
        "P07",
        r"unable to stop or start tasks during a deployment because of the service deployment conf",
        "Minimum and maximum healthy percent leave {what} no room to replace a task.",
        "Raise the maximum percent, or lower the minimum.",
    ),
]
# What stopped a task.
STOPPING = [
    Known(
        "I02",
        r"(?s)CannotPull.*(not authorized to perform: ecr|Check that the role has the permissions)"
        r"|not authorized to perform: ecr",
        "The execution role of {what} may not pull the image: {found}",
        "Let it ecr:GetAuthorizationToken on *, and ecr:BatchGetImage and "
        "ecr:GetDownloadUrlForLayer on the repository.",
    ),
    Known(
        "I04",
        r"httpReadSeeker: failed open|failed to copy: httpReaderSeeker",
        "The layers of the image, which are in S3, cannot be fetched by a task of {what}.",
        "Give the route tables of its subnets the gateway endpoint for S3.",
    ),
    Known(
        "I03",
        r"CannotPull.*(request canceled while waiting for connection|i/o timeout)"
        r"|unable to retrieve ecr registry auth.*(i/o timeout|deadline exceeded)",
        "A task of {what} does not reach the registry of images: {found}",
        "Its subnets need a way out: egress nat, or endpoints for ecr.api and ecr.dkr, whose "
        "security group admits port 443 from the tasks; or tasks_in public.",
    ),
    Known(
        "I01",
        r"CannotPull.*(not found|manifest unknown)",
        "The image of {what} is not in the registry: {found}",
        "Push it, or deploy one that is there: --image.",
    ),
    Known(
        "I06",
        r"toomanyrequests",
        "The registry of the image of {what} takes no more requests.",
        "Push the image to the deployment's own registry, which has no such limit.",
    ),
    Known(
        "I08",
        r"no space left on device",
        "The disk of the instance that {what} is to run on is full.",
        "End the instance; the auto scaling group starts another.",
    ),
    Known(
        "A06",
        r"unable to find execution role credentials",
        "The task definition of {what} has no execution role.",
        "Give it an ExecutionRoleArn.",
    ),
    Known(
        "A05",
        r"unable to assume the role",
        "ECS may not assume the role of a task of {what}: {found}",
        "Its trust policy has to admit ecs-tasks.amazonaws.com.",
    ),
    Known(
        "A03",
        r"AccessDeniedException.*secretsmanager:GetSecretValue",
        "The execution role may not read a secret that {what} is started with: {found}",
        "Let it secretsmanager:GetSecretValue on that secret.",
    ),
    Known(
        "K02",
        r"did not contain json key (?P<key>\S+)",
        "A secret that {what} is started with has no key {key}.",
        "Put it into the secret, or correct the name behind the secret's ARN.",
    ),
    Known(
        "K03",
        r"unable to retrieve secret.*invalid character",
        "A secret that {what} is started with is not JSON.",
        "Store a JSON object in it.",
    ),
    Known(
        "N03",
        r"unable to pull secrets or registry auth.*(i/o timeout|deadline exceeded)",
        "A task of {what} does not reach Secrets Manager: {found}",
        "Its subnets need a way out: egress nat, or an endpoint for secretsmanager; or a public "
        "address.",
    ),
    Known(
        "A07",
        r"log group does not exist",
        "The log group of {what} does not exist.",
        "Deploy the cluster's stack, which makes it.",
    ),
    Known(
        "N07",
        r"failed to validate logger args",
        "A task of {what} does not reach CloudWatch Logs.",
        "Its subnets need a way out: egress nat, or an endpoint for logs; or a public address.",
    ),
    Known(
        "P20",
        r"OutOfMemoryError",
        "A task of {what} needed more memory than it may have, and was killed.",
        "Raise memory in [task], or lower workers.",
    ),
    Known(
        "P21",
        r"No Fargate configuration exists|Invalid 'cpu' setting",
        "Fargate has no such pair of cpu and memory.",
        "Take one of its pairs, such as cpu 256 with memory 512.",
    ),
    Known(
        "C01",
        r"failed container health checks",
        "The container health check of {what} failed: its command does not find the service well.",
        "Look at the lines of the log; the command has to be one that the image has.",
    ),
    Known(
        "I07",
        r"exec format error",
        "The image of {what} is for another processor than that of the instances.",
        "Build it for linux/amd64.",
    ),
    Known(
        "I10",
        r"OCI runtime create failed",
        "The container of {what} cannot be started: {found}",
        "Correct its command or the image's entrypoint.",
    ),
    Known(
        "N18",
        r"ResourceInitializationError.*(i/o timeout|deadline exceeded)",
        "A task of {what} does not reach what it is started with: {found}",
        "Its subnets need a way out: egress nat or endpoints, or a public address.",
    ),
]
# What the application said itself, before it ended or while it was not healthy.
APPLICATION = [
    Known(
        "A01",
        r"(no AWS credentials|is the role of the EC2 instance).*",
        "{what} has no task role: {found}",
        "Give its task definition a TaskRoleArn that may read its secrets.",
    ),
    Known(
        "A04",
        r"may not call kms:Decrypt.*",
        "The task role of {what} {found}",
        "Allow it in the policy of the role and in that of the key.",
    ),
    Known(
        "A02",
        r"may not call secretsmanager:GetSecretValue.*",
        "The task role of {what} {found}",
        "Allow it there, with that secret's ARN as the resource.",
    ),
    Known(
        "N08",
        r"cannot be read by secretsmanager:GetSecretValue, since "
        r"(?P<way>.*(did not accept a connection|did not answer within)[^:]*)",
        "A task of {what} does not reach Secrets Manager: {way}.",
        "Its subnets need a way out: egress nat, or an endpoint for secretsmanager with private "
        "DNS whose security group admits port 443 from the tasks; or a public address.",
    ),
    Known(
        "C09",
        r".*(svc\.cluster\.local|(ACCOUNTS|CATALOG|[A-Z]+)_URL).*",
        "{what} does not reach its peer: {found}",
        "Correct the address; peers in deployment.toml makes the right one.",
    ),
    Known(
        "D02",
        r"no pg_hba\.conf entry for host.*",
        "The database refuses {what}: {found}",
        "Connect by TLS, as is the default for hosts of AWS.",
    ),
    Known(
        "D01",
        r".*(connection timeout expired|timeout expired|timed out|ServerSelectionTimeoutError"
        r"|No servers found yet).*",
        "{what} does not reach its database: {found}",
        "The database's security group has to admit the tasks at its port, and both have to be in "
        "one network.",
    ),
    Known(
        "D11",
        r"too many clients.*|remaining connection slots are reserved.*",
        "The database has no connections left for {what}.",
        "Run fewer tasks or workers, or take a larger instance_class.",
    ),
    Known(
        "K10",
        r".*password authentication failed.*|.*Authentication failed.*",
        "The database refuses the password of {what}: {found}",
        "Give up again with --bootstrap, which sets the passwords of the secrets anew.",
    ),
    # A command's or a setting's own sentence.
    Known(
        "",
        r"^(?:CommandError|Error): (?P<said>.+)",
        "{what} ended: {said}",
        "Correct what it says, and give the same command again.",
    ),
]
# What the load balancer says of tasks that run.
HEALTH = [
    Known(
        "B02",
        r"codes: \[400\]",
        "{what} answers the load balancer's health check with 400: its Host is the task's address.",
        "Answer the path before ALLOWED_HOSTS is asked, as /health does.",
    ),
    Known(
        "B03",
        r"codes: \[30\d\]",
        "{what} answers the load balancer's health check with a redirect.",
        "Ask for /health, which is never redirected.",
    ),
    Known(
        "B01",
        r"codes: \[404\]",
        "The path of the load balancer's health check has no route in {what}: it answers 404.",
        "Set health_check to one that it has: /health.",
    ),
    Known(
        "B04",
        r"codes: \[(?P<codes>[\d, ]+)\]",
        "{what} answers the load balancer's health check with {codes}.",
        "Look at the log for why; what counts as healthy is the matcher of the target group.",
    ),
    Known(
        "B08",
        r"Target\.Timeout|Request timed out",
        "The load balancer does not reach the tasks of {what}: its requests time out.",
        "The tasks' security group has to admit the load balancer's at the port of the tasks, "
        "with bridge at 32768 to 65535.",
    ),
    Known(
        "B05",
        r"Target\.FailedHealthChecks|failed ELB health checks|Health checks failed",
        "The tasks of {what} do not answer the load balancer's health check.",
        "They have to listen at the port of the target group, on every address; the log shows "
        "where they do.",
    ),
]


def first_cause(evidence: Evidence) -> DeploymentError:
    """The dead task's last lines are its details: nothing hides them."""
    tasks = [each for each in evidence.stopped if each.failed] or evidence.stopped
    task = tasks[0] if tasks else None
    details = [f"{task.id}: {task.why}", *task.lines] if task else evidence.events[-5:]
    for known, found in matches(evidence, tasks):
        groups = found.groupdict() | {"what": evidence.what, "found": shortened(found[0])}
        cause = known.cause.format(**groups)
        return DeploymentError(cause[0].upper() + cause[1:], known.cure, details, known.fault)
    what = evidence.what[0].upper() + evidence.what[1:]
    if task:
        return DeploymentError(
            f"{what} ended: {task.why}.", "Its last lines say why; correct that.", details
        )
    return DeploymentError(
        f"{what} did not become healthy.",
        "The events say what happened; python -m deploy.ecs logs shows what it said.",
        details,
    )


def matches(
    evidence: Evidence, tasks: Sequence[StoppedTask]
) -> Iterator[tuple[Known, re.Match[str]]]:
    """What comes earlier in the life of a task explains what comes later."""
    lines = [line for task in tasks[:1] for line in reversed(task.lines)]
    reasons = [each.why for each in tasks]
    for table, texts in (
        (STOPPING, reasons),
        (APPLICATION, lines),
        (PLACEMENT, evidence.events + reasons),
    ):
        for known in table:
            for text in texts:
                if found := re.search(known.pattern, text):
                    yield known, found
    # The last first: a target of the deployment before may have been unwell in another way.
    for text in reversed(reasons + evidence.targets + evidence.events):
        for known in HEALTH:
            if found := re.search(known.pattern, text):
                yield known, found


def shortened(text: str, length: int = 400) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"
