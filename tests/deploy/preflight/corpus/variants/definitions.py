from tests.deploy.preflight.corpus.variant import Variant, fault, more, swap, within

ALL = "fargate-nat ec2-bridge ec2-host"
PORT = '            - {Name: PORT, Value: "8000"}\n'
COMMAND = "          StopTimeout: 30\n"
EFS = """\
  Files:
    Type: AWS::EFS::FileSystem
"""
MOUNT = """\
  FilesA:
    Type: AWS::EFS::MountTarget
    Properties: {FileSystemId: !Ref Files, SubnetId: !Ref PrivateA, SecurityGroups: [!Ref TaskGroup]}
"""
MOUNTED = within(
    "TaskDefinition",
    "      ContainerDefinitions:\n",
    "      Volumes: [{Name: files, EFSVolumeConfiguration: {FilesystemId: !Ref Files}}]\n      ContainerDefinitions:\n",
)
REPOSITORY = """\
  Images:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: shop, ImageTagMutability: IMMUTABLE}
"""
IMAGE = '!Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shop:${Tag}"'

LOG_KEY = """\
  LogKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
          - Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
            Resource: "*"
            Condition: {ArnLike: {"kms:EncryptionContext:aws:logs:arn": !Sub "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:GROUP"}}
"""

VARIANTS: list[Variant] = [
    *fault(
        "C02",
        ALL,
        "no form",
        within(
            "TaskDefinition", "[CMD-SHELL, python -m shop.healthy]", "[python, -m, shop.healthy]"
        ),
    ),
    *fault("C06", ALL, "none", within("TaskDefinition", "Essential: true", "Essential: false")),
    *fault(
        "C10",
        ALL,
        "no log",
        within(
            "TaskDefinition",
            """\
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Log, awslogs-region: !Ref "AWS::Region", awslogs-stream-prefix: web}
""",
            "",
        ),
    ),
    *fault(
        "C14",
        ALL,
        "debugging",
        within("TaskDefinition", PORT, PORT + '            - {Name: DEBUG, Value: "True"}\n'),
    ),
    *fault(
        "C14",
        "fargate-nat",
        "a key for all to read",
        within(
            "TaskDefinition",
            PORT,
            PORT + "            - {Name: DJANGO_SECRET_KEY, Value: abcdefgh}\n",
        ),
    ),
    *fault(
        "C14",
        "fargate-nat",
        "an empty key",
        within("TaskDefinition", PORT, PORT + '            - {Name: SECRET_KEY, Value: ""}\n'),
    ),
    *fault("D02", ALL, "no TLS", within("TaskDefinition", "sslmode=require", "sslmode=disable")),
    *fault("D04", ALL, "no TLS", within("TaskDefinition", "tls=true&", "")),
    *fault(
        "D04",
        "fargate-nat",
        "TLS where there is none",
        within("DocumentParameters", "tls: enabled", "tls: disabled"),
    ),
    *fault(
        "D05",
        ALL,
        "retried writes",
        within("TaskDefinition", "retryWrites=false", "retryWrites=true"),
    ),
    *fault(
        "D05",
        "fargate-nat",
        "left to the driver",
        within("TaskDefinition", "&retryWrites=false", ""),
    ),
    *fault("D09", ALL, "another version", within("DatabaseParameters", "postgres16", "postgres15")),
    *fault(
        "D09", "fargate-nat", "DocumentDB's", within("DocumentParameters", "docdb5.0", "docdb4.0")
    ),
    *fault(
        "D11",
        "fargate-nat",
        "many threads",
        within(
            "TaskDefinition",
            COMMAND,
            f'{COMMAND}          Command: [gunicorn, --bind, "0.0.0.0:8000", --workers, "8", --threads, "16", --keep-alive, "75", shop.wsgi]\n',
        ),
    ),
    *fault(
        "E02",
        ALL,
        "off",
        within("Service", "EnableExecuteCommand: true", "EnableExecuteCommand: false"),
    ),
    *fault(
        "E03",
        ALL,
        "read-only",
        within(
            "TaskDefinition",
            "          Essential",
            "          ReadonlyRootFilesystem: true\n          Essential",
        ),
    ),
    *fault(
        "E04",
        ALL,
        "off",
        within("TaskDefinition", "          LinuxParameters: {InitProcessEnabled: true}\n", ""),
    ),
    *fault(
        "X04",
        "fargate-nat",
        "an account of the documentation",
        within("TaskDefinition", "${AWS::AccountId}.dkr", "123456789012.dkr"),
    ),
    *fault(
        "X04",
        ALL,
        "to be replaced",
        within(
            "TaskDefinition",
            "Value: !Ref AppSecret",
            'Value: "arn:aws:secretsmanager:eu-central-1:<ACCOUNT_ID>:secret:app"',
        ),
    ),
    *fault(
        "X05",
        "fargate-nat ec2-host",
        "its condition is false",
        within("Log", "    Type", "    Condition: HasOwner\n    Type"),
    ),
    *fault(
        "X06", "fargate-nat ec2-host", "its ARN", within("Scaling", "${Service.Name}", "${Service}")
    ),
    *fault("X07", "fargate-nat", "does not wait", MOUNTED, more(EFS + MOUNT)),
    *fault("X07", "fargate-endpoints", "no mount target", MOUNTED, more(EFS)),
    *fault(
        "X07",
        "fargate-nat",
        "waits for one of two",
        MOUNTED,
        swap("DependsOn: [Rule", "DependsOn: [FilesA, Rule"),
        more(EFS + MOUNT + MOUNT.replace("FilesA", "FilesB").replace("PrivateA", "PrivateB")),
    ),
    *fault(
        "X11",
        "fargate-nat",
        "for another log group",
        within("Log", "!GetAtt Key.Arn", "!GetAtt LogKey.Arn"),
        more(LOG_KEY.replace("GROUP", "/another/*")),
    ),
    *fault("X08", ALL, "twice 20", within("AdminRule", "Priority: 10", "Priority: 20")),
    *fault(
        "X09",
        ALL,
        "PostgreSQL 10",
        within("Database", '"16"', '"10.21"'),
        within("DatabaseParameters", "postgres16", "postgres10"),
    ),
    *fault(
        "X09",
        "fargate-nat",
        "DocumentDB 3.6",
        within("Documents", "5.0.0", "3.6.0"),
        within("DocumentParameters", "docdb5.0", "docdb3.6"),
    ),
    *fault(
        "X09",
        "fargate-endpoints",
        "a platform",
        within(
            "Service",
            "      LaunchType: FARGATE",
            "      LaunchType: FARGATE\n      PlatformVersion: 1.3.0",
        ),
    ),
    *fault(
        "X09",
        "ec2-bridge",
        "Amazon Linux 1",
        within("Template", "amazon-linux-2023/", "amazon-linux/"),
    ),
    *fault(
        "X10",
        ALL,
        "its own repository",
        within("TaskDefinition", IMAGE, '!Sub "${Images.RepositoryUri}:${Tag}"'),
        more(REPOSITORY),
    ),
    *fault(
        "X10",
        "fargate-nat",
        "its own repository by name",
        more(REPOSITORY),
        swap("Description: A shop on ECS.", "Description: A shop, with its images."),
    ),
]
