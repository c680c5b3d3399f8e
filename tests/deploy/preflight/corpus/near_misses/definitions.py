"""Task definitions, services and roles that look wrong, and are not."""

from tests.deploy.preflight.corpus.variant import fault, within

NAT, PUBLIC = "fargate-nat", "fargate-public"
READ = '{Effect: Allow, Action: "secretsmanager:Get*", Resource: !Ref AppSecret}'
HEALTH = "Command: [CMD-SHELL, python -m shop.healthy]"
FORCED = 'Parameters: {rds.force_ssl: "1"}'
CHANNELS = "[ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel]"
LOG = """\
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Log, awslogs-region: !Ref "AWS::Region", awslogs-stream-prefix: web}
"""

DEFINITIONS = [
    *fault(
        "A01",
        NAT,
        "by its name",
        within("TaskDefinition", "TaskRoleArn: !Ref TaskRole", "TaskRoleArn: !GetAtt TaskRole.Arn"),
    ),
    *fault(
        "A02",
        NAT,
        "a wildcard for the end that AWS makes up",
        within("TaskRole", READ, READ.replace("!Ref AppSecret", '!Sub "${AppSecret}*"')),
    ),
    *fault(
        "A02",
        NAT,
        "a denial of something else",
        within(
            "TaskRole",
            READ,
            f"{READ}\n              - "
            '{Effect: Deny, Action: "secretsmanager:Put*", Resource: "*"}',
        ),
    ),
    *fault(
        "C02",
        NAT,
        "CMD with a list",
        within("TaskDefinition", HEALTH, "Command: [CMD, python, -m, shop.healthy]"),
    ),
    *fault(
        "C06",
        NAT,
        "essential unless told otherwise",
        within("TaskDefinition", "          Essential: true\n", ""),
    ),
    *fault(
        "C10",
        NAT,
        "another driver for logs",
        within(
            "TaskDefinition",
            LOG,
            '          LogConfiguration: {LogDriver: splunk, Options: {splunk-url: !Sub "https://logs.${AWS::StackName}.example.com"}, SecretOptions: [{Name: splunk-token, ValueFrom: !Sub "${Secret}:token::"}]}\n',
        ),
    ),
    *fault(
        "C14",
        NAT,
        "DEBUG off by a word",
        within(
            "TaskDefinition",
            '- {Name: PORT, Value: "8000"}',
            '- {Name: DEBUG, Value: "False"}\n            - {Name: PORT, Value: "8000"}',
        ),
    ),
    *fault(
        "D09",
        NAT,
        "a minor version of the same family",
        within("Database", 'EngineVersion: "16"', 'EngineVersion: "16.4"'),
    ),
    *fault(
        "E01",
        NAT,
        "the channels by a wildcard",
        within(
            "TaskRole",
            CHANNELS,
            '"ssmmessages:*"',
        ),
    ),
    *fault(
        "E02",
        NAT,
        "off, and no channels",
        within("Service", "EnableExecuteCommand: true", "EnableExecuteCommand: false"),
        within(
            "TaskRole",
            CHANNELS,
            "cloudwatch:PutMetricData",
        ),
    ),
    *fault(
        "E04",
        NAT,
        "off, without ECS Exec",
        within("TaskDefinition", "          LinuxParameters: {InitProcessEnabled: true}\n", ""),
        within("Service", "EnableExecuteCommand: true", "EnableExecuteCommand: false"),
        within(
            "TaskRole",
            CHANNELS,
            "cloudwatch:PutMetricData",
        ),
    ),
    *fault(
        "K09",
        NAT,
        "letters and digits only, in a URL",
        within(
            "AppSecret",
            "GenerateStringKey: key",
            "GenerateStringKey: key, ExcludePunctuation: true",
        ),
        within(
            "TaskDefinition",
            "{Name: APP_SECRET_ARN",
            '{Name: CACHE_URL, Value: !Sub "redis://:{{resolve:secretsmanager:${AppSecret}:SecretString:key}}@cache.example.com:6379"}\n            - {Name: APP_SECRET_ARN',
        ),
    ),
    *fault(
        "X06",
        NAT,
        "by a literal name",
        within(
            "Scaling",
            '!Sub "service/${Cluster}/${Service.Name}"',
            '!Join ["/", [service, !Ref Cluster, !GetAtt Service.Name]]',
        ),
    ),
    *fault(
        "X09",
        NAT,
        "a supported engine",
        within("Database", 'EngineVersion: "16"', 'EngineVersion: "17"'),
        within("DatabaseParameters", "postgres16", "postgres17"),
    ),
]
