"""Why a task came no further than its start, or ended."""

from deploy.ecs.services.causes.images import BUILD, BUILD_ELSEWHERE
from deploy.ecs.services.causes.known import Known

WAY_OUT = "Its subnets need a way out: NAT, or an endpoint for {}; or a public address."
STARTING = [
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
        "A08",
        r"not authorized to perform: logs:Create\w+",
        "The execution role may not make the log of {what}: {found}",
        "Let it logs:CreateLogStream and logs:PutLogEvents, and logs:CreateLogGroup where "
        "awslogs-create-group is on.",
    ),
    Known(
        "A04",
        r"(?s)ResourceInitializationError.*(not authorized to perform: kms:Decrypt"
        r"|Access to KMS is not allowed)",
        "The execution role may not decrypt a secret that {what} is started with.",
        "Allow kms:Decrypt in the policy of the role and in that of the key.",
    ),
    Known(
        "A03",
        r"(?s)AccessDenied.*(secretsmanager:GetSecretValue|ssm:GetParameters)",
        "The execution role may not read a secret that {what} is started with: {found}",
        "Let it secretsmanager:GetSecretValue on that secret.",
        "Let it read that secret: secretsmanager:GetSecretValue, of a parameter ssm:GetParameters.",
    ),
    Known(
        "K04",
        r"minimum field size of 32.*VersionId",
        "The reference to a secret of {what} has a stage where its version's id is to be.",
        "Write arn:key:stage:, with the stage before the last colon.",
    ),
    Known(
        "K02",
        r"did not contain json key (?P<key>\S+)",
        "A secret that {what} is started with has no key {key}.",
        "Put it into the secret, or correct the name behind the secret's ARN.",
    ),
    Known(
        "K03",
        r"(?s)unable to retrieve secret.*invalid character",
        "A secret that {what} is started with is not JSON.",
        "Store a JSON object in it.",
    ),
    Known(
        "K05",
        r"invalid ssm parameters: .*|invalid parameters: .*",
        "A name that {what} is started with is no parameter of Systems Manager: {found}",
        "Name a secret of Secrets Manager by its ARN; a name alone is read as a parameter's.",
    ),
    Known(
        "K01",
        r"can.t retrieve the secret with ARN '?(?P<arn>[^\s']+)"
        r"|Secrets Manager can.t find the specified secret",
        "A secret that {what} is started with does not exist: {found}",
        "Correct its ARN, region included; one key of it is arn:key::, with two colons.",
    ),
    Known(
        "N03",
        r"(?s)connection issue between the task and AWS (Secrets|Systems) Manager.*"
        r"|unable to pull secrets or registry auth.*(i/o timeout|deadline exceeded)",
        "A task of {what} does not reach Secrets Manager: {found}",
        "Its subnets need a way out: egress nat, or an endpoint for secretsmanager; or a public "
        "address.",
        WAY_OUT.format("secretsmanager (of parameters: ssm)"),
    ),
    Known(
        "A07",
        r"log group does not exist",
        "The log group of {what} does not exist.",
        "Deploy the cluster's stack, which makes it.",
        "Make it, or set awslogs-create-group and permit logs:CreateLogGroup.",
    ),
    Known(
        "N07",
        r"failed to validate logger args|connection issue between the task and Amazon CloudWatch",
        "A task of {what} does not reach CloudWatch Logs.",
        "Its subnets need a way out: egress nat, or an endpoint for logs; or a public address.",
        WAY_OUT.format("logs"),
    ),
    Known(
        "P20",
        r"OutOfMemoryError|OutOfMemory",
        "A task of {what} needed more memory than it may have, and was killed.",
        "Raise memory in [task], or lower workers.",
        "Raise the memory of the task or of its container, or let the application use less.",
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
        BUILD,
        BUILD_ELSEWHERE,
    ),
    Known(
        "I10",
        r"OCI runtime create failed|CannotStartContainerError|CannotCreateContainerError"
        r"|failed to create shim task",
        "The container of {what} cannot be started: {found}",
        "Correct its command or the image's entrypoint.",
    ),
    Known(
        "X07",
        r"(?i)EFS.*(failed to resolve|no mount target|mount\.nfs4|is not available)",
        "A task of {what} does not reach the mount target of its file system.",
        "Let the service depend on the mount targets, one in each of its zones, and open port "
        "2049 of their security group.",
    ),
    Known(
        "N18",
        r"ResourceInitializationError.*(i/o timeout|deadline exceeded)",
        "A task of {what} does not reach what it is started with: {found}",
        "Its subnets need a way out: egress nat or endpoints, or a public address.",
        "Its subnets need a way out, and its security group has to let it out at that port.",
    ),
    # Nobody asked for its end, and it did not end itself.
    Known(
        "P19",
        r"^(?!.*(health checks|Scaling activity|initiated by user)).*exit code 137",
        "A task of {what} was killed from outside, as an instance does that has no memory left.",
        "Take a larger instance_type, or fewer tasks on one instance.",
        "Let the containers ask for the memory that they use, keep some for the instance "
        "(ECS_RESERVED_MEMORY), or take larger instances.",
    ),
]
