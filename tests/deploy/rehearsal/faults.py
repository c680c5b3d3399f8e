"""What the first shop's author ran into, and what else a rehearsal can fail with."""

from deploy.ecs.configuration.model import Task
from tests.deploy.rehearsal.deploying import Fault


def without_endpoint(service: str) -> dict[str, dict[str, str]]:
    """In its place is one that nobody needs."""
    return {"network": {f'${{AWS::Region}}.{service}"': '${AWS::Region}.sqs"'}}


FAULTS = [
    Fault("B02", "with 400", service={"health_check": "/nothing-is-here"}),
    Fault(
        "B01",
        "has no route",
        {"service": {"Value: !Ref AllowedHosts": 'Value: "*"'}},
        service={"health_check": "/nothing-is-here"},
    ),
    Fault(
        "A01",
        "has no task role",
        {"service": {"      TaskRoleArn: !GetAtt TaskRole.Arn\n": ""}},
        shown="credentials",
    ),
    Fault(
        "A02",
        "may not call secretsmanager:GetSecretValue",
        {
            "service": {
                "Resource: [!Ref ServiceSecretArn, !Ref DatabaseSecretArn]": (
                    "Resource: [!Ref DatabaseSecretArn]"
                )
            }
        },
        shown="secretsmanager:GetSecretValue",
    ),
    Fault(
        "N08",
        "does not reach Secrets Manager",
        without_endpoint("secretsmanager"),
        parts=("network",),
        shown="did not accept a connection",
    ),
    Fault(
        "B07",
        "target type instance",
        {"service": {"TargetType: !If [Awsvpc, ip, instance]": "TargetType: instance"}},
    ),
    Fault(
        "C09",
        "does not reach its peer",
        {
            "service": {
                "{Name: !Ref PeerName, Value: !Ref PeerUrl}": (
                    "{Name: !Ref PeerName, Value: http://accounts.default.svc.cluster.local}"
                )
            }
        },
        shown="svc.cluster.local",
    ),
    Fault(
        "P01",
        "as much memory",
        {"service": {'!Contains [["256", "384", "512", "768"], !Ref Memory]': "!Equals [a, a]"}},
        service={"task": Task(cpu=256, memory=7168)},
    ),
    Fault("P03", "network interface", service={"min_tasks": 8}),
    Fault(
        "I02",
        "may not pull the image",
        {"service": {"                  - ecr:BatchGetImage\n": ""}},
    ),
    Fault(
        "A08",
        "may not make the log",
        {"service": {"                  - logs:CreateLogStream\n": ""}},
    ),
    Fault(
        "A05",
        "may not assume the role",
        {"service": {"{Service: ecs-tasks.amazonaws.com}": "{Service: ec2.amazonaws.com}"}},
    ),
    Fault(
        "B08",
        "does not reach the tasks",
        {
            "service": {
                "SourceSecurityGroupId: !Ref LoadBalancerSecurityGroup\n        - Desc": (
                    "SourceSecurityGroupId: !Ref PeerSecurityGroup\n        - Desc"
                )
            }
        },
    ),
    Fault(
        "B04",
        "answers the load balancer's health check with 200",
        {"service": {'Matcher: {HttpCode: "200"}': 'Matcher: {HttpCode: "204"}'}},
    ),
    Fault(
        "B05",
        "do not answer the load balancer's health check",
        {"service": {"{Name: PORT, Value: !Ref ContainerPort}": '{Name: PORT, Value: "9000"}'}},
    ),
    Fault("I03", "does not reach the registry", without_endpoint("ecr.dkr"), parts=("network",)),
    Fault("N07", "does not reach CloudWatch Logs", without_endpoint("logs"), parts=("network",)),
    Fault(
        "I04",
        "cannot be fetched",
        {"network": {'${AWS::Region}.s3"': '${AWS::Region}.dynamodb"'}},
        parts=("network",),
    ),
]

# What prepares the services is closed off: their own tasks are not.
DATABASE = Fault(
    "D01",
    "does not reach its database",
    {
        "tasks": {
            "      FromPort: !Ref DatabasePort\n      ToPort: !Ref DatabasePort\n      Source": (
                "      FromPort: 9999\n      ToPort: 9999\n      Source"
            )
        }
    },
    shown="connection timeout expired",
)
