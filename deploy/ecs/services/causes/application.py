"""What the application said itself, before it ended or while it was not healthy."""

from deploy.ecs.services.causes.databases import DATABASES
from deploy.ecs.services.causes.images import BUILD, BUILD_ELSEWHERE
from deploy.ecs.services.causes.known import Known

CALLS = [
    Known(
        "I07",
        r"exec format error",
        "The image of {what} is for another processor than that of the instances.",
        BUILD,
        BUILD_ELSEWHERE,
    ),
    Known(
        "A01",
        r"(no AWS credentials|is the role of the EC2 instance).*"
        r"|Unable to locate credentials|Could not load credentials from any providers",
        "{what} has no task role: {found}",
        "Give its task definition a TaskRoleArn that may read its secrets.",
        "Give its task definition a TaskRoleArn that may do what it calls.",
    ),
    Known(
        "N17",
        r"(no VPC endpoint policy allows|explicit deny in a VPC endpoint policy).*",
        "The policy of an endpoint does not let {what} through: {found}",
        "Permit the action in the endpoint's policy, or leave that out.",
    ),
    Known(
        "A04",
        r"may not call kms:Decrypt.*",
        "The task role of {what} {found}",
        "Allow it in the policy of the role and in that of the key.",
    ),
    Known(
        "A04",
        r"not authorized to perform: kms:Decrypt.*|Access to KMS is not allowed.*",
        "The task role of {what} may not decrypt: {found}",
        "Allow it in the policy of the role and in that of the key.",
    ),
    Known(
        "A02",
        r"may not call secretsmanager:GetSecretValue.*",
        "The task role of {what} {found}",
        "Allow it there, with that secret's ARN as the resource.",
    ),
    Known(
        "A02",
        r"not authorized to perform: secretsmanager:GetSecretValue.*",
        "The task role of {what} may not read a secret: {found}",
        "Allow it there, with that secret's ARN as the resource.",
    ),
    Known(
        "N08",
        r"cannot be read by secretsmanager:GetSecretValue, since "
        r"(?P<way>.*(did not accept a connection|did not answer within)[^:]*)",
        "A task of {what} does not reach Secrets Manager: {way}.",
        "Its subnets need a way out: egress nat, or an endpoint for secretsmanager with private "
        "DNS whose security group admits port 443 from the tasks; or a public address.",
        "Its subnets need a way out: NAT, or an endpoint for secretsmanager with private DNS whose "
        "security group admits port 443 from the tasks; or, on Fargate, a public address.",
    ),
    Known(
        "N01",
        r"(?P<way>[Cc]onnect timeout on endpoint URL: \S+)",
        "A task of {what} does not reach AWS: {way}.",
        "Its subnets need a way out: egress nat or endpoints. On instances with awsvpc a task has "
        "no public address, and so none in a public subnet either.",
        "Its subnets need NAT, or an endpoint for that service which admits port 443 from it. On "
        "instances with awsvpc a task has no public address, and so no way out of a public subnet.",
    ),
    Known(
        "C09",
        r".*(svc\.cluster\.local|\b(ACCOUNTS|CATALOG|[A-Z]+)_URL\b"
        r"|HTTPS?ConnectionPool\(host='(localhost|127\.0\.0\.1)').*",
        "{what} does not reach its peer: {found}",
        "Correct the address; peers in deployment.toml makes the right one.",
        "Give it an address that there is in this network: the peer's name in its namespace, or "
        "that of its load balancer.",
    ),
    Known(
        "B02",
        r"Invalid HTTP_HOST header: '(10\.|172\.|192\.168\.)[^']*'.*",
        "{what} refuses the load balancer's health check, whose Host is the task's address: "
        "{found}",
        "Answer the path before ALLOWED_HOSTS is asked, as /health does.",
        "Answer the path before the Host is looked at (ALLOWED_HOSTS in Django).",
    ),
    Known(
        "C14",
        r"The SECRET_KEY setting must not be empty|SECRET_KEY is not set.*",
        "{what} has no SECRET_KEY.",
        "Put it into the service's secret, as up does.",
        "Give the container SECRET_KEY, from a secret.",
    ),
]
# What says nothing of its kind.
OTHERS = [
    Known(
        "P20",
        r"SIGKILL! Perhaps out of memory\?|JavaScript heap out of memory"
        r"|java\.lang\.OutOfMemoryError",
        "A task of {what} needed more memory than it may have.",
        "Raise memory in [task], or lower workers.",
        "Raise the memory of the task or of its container, or let the application use less.",
    ),
    Known(
        "",
        r"not authorized to perform: (?P<action>[\w-]+:\w+).*",
        "The task role of {what} may not call {action}: {found}",
        "Allow it there.",
    ),
    # A command's or a setting's own sentence.
    Known(
        "",
        r"^(?:CommandError|Error): (?P<said>.+)",
        "{what} ended: {said}",
        "Correct what it says, and give the same command again.",
    ),
]
APPLICATION = [*CALLS, *DATABASES, *OTHERS]
