"""Why the image did not come."""

from deploy.ecs.services.causes.known import Known

BUILD = "Build it for linux/amd64."
BUILD_ELSEWHERE = (
    "Build it for the processor that the tasks run on (docker build --platform linux/amd64), or "
    "set the task definition's RuntimePlatform."
)
WAY_OUT = (
    "Its subnets need a way out: NAT, or endpoints for ecr.api, ecr.dkr (port 443 from the tasks) "
    "and S3; or a public address."
)
IMAGES = [
    Known(
        "N17",
        r"(no VPC endpoint policy allows|explicit deny in a VPC endpoint policy).*",
        "The policy of an endpoint does not let {what} through: {found}",
        "Permit the action in the endpoint's policy, or leave that out.",
    ),
    Known(
        "I07",
        r"does not contain descriptor matching platform|no matching manifest for linux",
        "The image of {what} is for another processor than that of the instances.",
        BUILD,
        BUILD_ELSEWHERE,
    ),
    Known(
        "I02",
        r"(?s)CannotPull.*(not authorized to perform: ecr|Check that the role has the permissions)"
        r"|not authorized to perform: ecr|no basic auth credentials"
        r"|failed to resolve ref.*dkr\.ecr.*403 Forbidden",
        "The execution role of {what} may not pull the image: {found}",
        "Let it ecr:GetAuthorizationToken on *, and ecr:BatchGetImage and "
        "ecr:GetDownloadUrlForLayer on the repository.",
    ),
    Known(
        "I05",
        r"(failed to copy|failed open|starport-layer-bucket).*403 Forbidden",
        "The policy of the endpoint for S3 does not let {what} have the image's layers.",
        "Let it s3:GetObject on arn:aws:s3:::prod-REGION-starport-layer-bucket/*.",
    ),
    Known(
        "I04",
        r"failed to copy: httpReade?rSeeker|httpReade?rSeeker: failed open"
        r"|starport-layer-bucket.*(i/o timeout|connection refused|context canceled)",
        "The layers of the image, which are in S3, cannot be fetched by a task of {what}.",
        "Give the route tables of its subnets the gateway endpoint for S3.",
    ),
    Known(
        "I06",
        r"toomanyrequests|reached your pull rate limit|429 Too Many Requests",
        "The registry of the image of {what} takes no more requests.",
        "Push the image to the deployment's own registry, which has no such limit.",
        "Push the image to a registry of your own in ECR, or sign in (RepositoryCredentials).",
    ),
    Known(
        "I06",
        r"CannotPull.*(docker\.io|public\.ecr\.aws).*"
        r"(i/o timeout|request canceled|deadline exceeded|context canceled)",
        "A task of {what} does not reach the public registry of its image: {found}",
        "Push the image to the deployment's own registry, or give its subnets NAT.",
        "Push the image to a registry of your own in ECR, or give its subnets NAT: no endpoint "
        "leads to a public registry.",
    ),
    Known(
        "I03",
        r"CannotPull.*(request canceled while waiting for connection|i/o timeout"
        r"|context deadline exceeded|Check your network configuration)"
        r"|unable to retrieve ecr registry auth.*(i/o timeout|deadline exceeded)"
        r"|connection issue between the task and Amazon ECR.*",
        "A task of {what} does not reach the registry of images: {found}",
        "Its subnets need a way out: egress nat, or endpoints for ecr.api and ecr.dkr, whose "
        "security group admits port 443 from the tasks; or tasks_in public.",
        WAY_OUT,
    ),
    Known(
        "N12",
        r"dial tcp: lookup (?P<host>\S+)( on \S+)?: (no such host|server misbehaving).*",
        "A task of {what} cannot resolve {host}.",
        "The network needs DNS support and host names, and Amazon's resolver.",
        "Switch enableDnsSupport and enableDnsHostnames of the VPC on, and let its DHCP options "
        "name AmazonProvidedDNS.",
    ),
    Known(
        "I01",
        r"(?s)CannotPull.*(not found|manifest unknown|Check whether the image exists"
        r"|pull access denied|repository does not exist)",
        "The image of {what} is not in the registry: {found}",
        "Push it, or deploy one that is there: --image.",
        "Push it, or name one that is there.",
    ),
    Known(
        "I08",
        r"no space left on device",
        "The disk of the instance that {what} is to run on is full.",
        "End the instance; the auto scaling group starts another.",
        "Free its disk or replace the instance; on Fargate raise EphemeralStorage.",
    ),
]
