"""What there is, for whoever has named what is not."""

from contextlib import suppress

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.errors import DeploymentError


def clusters(aws: AWS) -> list[str]:
    with suppress(ClientError):
        pages = aws.client("ecs").get_paginator("list_clusters").paginate()
        return [arn.rpartition("/")[2] for page in pages for arn in page["clusterArns"]]
    return []


def services(aws: AWS, cluster: str) -> list[str]:
    """Raises DeploymentError where there is no such cluster."""
    pages = aws.client("ecs").get_paginator("list_services").paginate(cluster=cluster)
    try:
        return [arn.rpartition("/")[2] for page in pages for arn in page["serviceArns"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ClusterNotFoundException":
            raise no_cluster(aws, cluster) from error
        raise


def no_cluster(aws: AWS, name: str) -> DeploymentError:
    return DeploymentError(
        f"There is no cluster {name} in {aws.region} of this account.",
        there_are(clusters(aws), "clusters") + " Or take another --region or --profile.",
    )


def there_are(names: list[str], kind: str) -> str:
    if not names:
        return "See that its name is right."
    return f"Its {kind} are: {', '.join(sorted(names))}."
