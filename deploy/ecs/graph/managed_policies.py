"""What AWS's own policies allow, of those that roles of ECS have.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ has a page for each.
"""

from typing import Any

PULL = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
]
WRITE_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
CHANNELS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
TRACES = [
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
]


def _allow(actions: list[str], resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


# By what follows arn:aws:iam::aws:policy/
STATEMENTS: dict[str, list[dict[str, Any]]] = {
    "AdministratorAccess": [_allow(["*"])],
    "AmazonEC2ContainerRegistryPullOnly": [
        _allow(
            [
                "ecr:BatchGetImage",
                "ecr:BatchImportUpstreamImage",
                "ecr:GetAuthorizationToken",
                "ecr:GetDownloadUrlForLayer",
            ]
        )
    ],
    "AmazonEC2ContainerRegistryReadOnly": [
        _allow(
            [
                *PULL,
                "ecr:DescribeImageScanFindings",
                "ecr:DescribeImages",
                "ecr:DescribeRepositories",
                "ecr:GetLifecyclePolicy",
                "ecr:GetLifecyclePolicyPreview",
                "ecr:GetRepositoryPolicy",
                "ecr:ListImages",
                "ecr:ListTagsForResource",
            ]
        )
    ],
    "AmazonSSMManagedInstanceCore": [
        _allow(
            [
                "ssm:DescribeAssociation",
                "ssm:DescribeDocument",
                "ssm:GetDeployablePatchSnapshotForInstance",
                "ssm:GetDocument",
                "ssm:GetManifest",
                "ssm:GetParameter",
                "ssm:GetParameters",
                "ssm:ListAssociations",
                "ssm:ListInstanceAssociations",
                "ssm:PutComplianceItems",
                "ssm:PutConfigurePackageResult",
                "ssm:PutInventory",
                "ssm:UpdateAssociationStatus",
                "ssm:UpdateInstanceAssociationStatus",
                "ssm:UpdateInstanceInformation",
            ]
        ),
        _allow(CHANNELS),
        _allow(
            [
                "ec2messages:AcknowledgeMessage",
                "ec2messages:DeleteMessage",
                "ec2messages:FailMessage",
                "ec2messages:GetEndpoint",
                "ec2messages:GetMessages",
                "ec2messages:SendReply",
            ]
        ),
    ],
    "AWSXRayDaemonWriteAccess": [_allow(TRACES)],
    "CloudWatchAgentServerPolicy": [
        _allow(
            [
                *WRITE_LOGS,
                *TRACES,
                "cloudwatch:PutMetricData",
                "ec2:DescribeTags",
                "ec2:DescribeVolumes",
                "logs:CreateLogGroup",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:PutRetentionPolicy",
            ]
        ),
        _allow(["ssm:GetParameter"], "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"),
    ],
    "service-role/AmazonEC2ContainerServiceEventsRole": [
        _allow(["ecs:RunTask"]),
        _allow(["iam:PassRole"], StringLike={"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        _allow(["ecs:TagResource"], StringEquals={"ecs:CreateAction": ["RunTask"]}),
    ],
    "service-role/AmazonEC2ContainerServiceforEC2Role": [
        _allow(
            [
                *PULL,
                *WRITE_LOGS,
                "ec2:DescribeTags",
                "ecs:CreateCluster",
                "ecs:DeregisterContainerInstance",
                "ecs:DiscoverPollEndpoint",
                "ecs:Poll",
                "ecs:RegisterContainerInstance",
                "ecs:StartTelemetrySession",
                "ecs:Submit*",
                "ecs:UpdateContainerInstancesState",
            ]
        ),
        _allow(
            ["ecs:TagResource"],
            StringEquals={"ecs:CreateAction": ["CreateCluster", "RegisterContainerInstance"]},
        ),
        _allow(
            ["ecs:ListTagsForResource"],
            ["arn:aws:ecs:*:*:task/*/*", "arn:aws:ecs:*:*:container-instance/*/*"],
        ),
    ],
    "service-role/AmazonECSTaskExecutionRolePolicy": [_allow([*PULL, *WRITE_LOGS])],
}
