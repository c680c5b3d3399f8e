from tests.deploy.preflight.corpus.variant import Variant, fault, more, swap, within

FARGATE = "fargate-nat fargate-endpoints"
ALL = "fargate-nat ec2-awsvpc ec2-bridge ec2-host"
INSTANCES = "ec2-awsvpc ec2-bridge"
PULL = '              - {Effect: Allow, Action: [ecr:BatchGetImage, ecr:GetDownloadUrlForLayer], Resource: !Sub "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/shop"}\n'
READ = "secretsmanager:GetSecretValue, Resource: [!Ref Secret, !GetAtt Database.MasterUserSecret.SecretArn]"
VARIABLE = '{Name: TOKEN, ValueFrom: !Sub "${Secret}:token::"}'
SCHEDULE = """\
  StarterRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: start
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ecs:RunTask, Resource: "*"}
              - {Effect: Allow, Action: iam:PassRole, Resource: PASSED}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      FlexibleTimeWindow: {Mode: "OFF"}
      ScheduleExpression: rate(1 day)
      Target:
        Arn: !GetAtt Cluster.Arn
        RoleArn: !GetAtt StarterRole.Arn
        EcsParameters:
          TaskDefinitionArn: !Ref TaskDefinition
          LaunchType: FARGATE
          NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref PrivateA], SecurityGroups: [!Ref TaskGroup]}}
"""
RULE = """\
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets:
        - {Id: told, Arn: !GetAtt Told.Arn}
        - Id: task
          Arn: !GetAtt Cluster.Arn
          RoleArn: !GetAtt StarterRole.Arn
          EcsParameters:
            TaskDefinitionArn: !Ref TaskDefinition
            LaunchType: FARGATE
            NetworkConfiguration: {AwsVpcConfiguration: {Subnets: [!Ref PrivateA], SecurityGroups: [!Ref TaskGroup]}}
  Told:
    Type: AWS::SQS::Queue
"""
RULE = SCHEDULE.partition("  Nightly:")[0].replace("scheduler.", "events.") + RULE
APART = """\
  Apart:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.20.99.0/24}
  ApartRoutes:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Vpc}
  ApartAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Apart, RouteTableId: !Ref ApartRoutes}
"""
DEPLOYER = """\
  Deployer:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: "ecs:*", Resource: "*"}
"""
ROTATION = """\
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationRules: {AutomaticallyAfterDays: 30}}
"""


VARIANTS: list[Variant] = [
    *fault("I02", ALL, "no pull", swap(PULL, "")),
    *fault(
        "I02",
        "fargate-nat",
        "another repository",
        within("ExecutionRole", 'repository/shop"', 'repository/shops"'),
    ),
    *fault(
        "I02",
        "fargate-nat",
        "one action mistyped",
        within("ExecutionRole", "ecr:BatchGetImage", "ecr:BatchGetImages"),
    ),
    *fault(
        "I02",
        "fargate-nat",
        "the token is denied",
        within(
            "ExecutionRole",
            "Effect: Allow, Action: ecr:GetAuthorizationToken",
            "Effect: Deny, Action: ecr:GetAuthorizationToken",
        ),
    ),
    *fault(
        "A03",
        ALL,
        "not permitted",
        within("ExecutionRole", READ, "secretsmanager:GetSecretValue, Resource: !Ref AppSecret"),
    ),
    *fault(
        "A03",
        "fargate-nat",
        "a Deny",
        within(
            "ExecutionRole",
            "              - {Effect: Allow, Action: kms:Decrypt",
            '              - {Effect: Deny, Action: "secretsmanager:*", Resource: "*"}\n              - {Effect: Allow, Action: kms:Decrypt',
        ),
    ),
    *fault(
        "A03",
        "fargate-nat",
        "a wildcard that misses",
        within(
            "ExecutionRole",
            "Action: secretsmanager:GetSecretValue",
            'Action: "secretsmanager:Describe*"',
        ),
    ),
    *fault(
        "A04",
        FARGATE,
        "no kms:Decrypt",
        within(
            "ExecutionRole",
            "              - {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Key.Arn}\n",
            "",
        ),
    ),
    *fault(
        "A04",
        "fargate-nat",
        "the key's policy",
        within(
            "Key",
            '          - {Effect: Allow, Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}\n',
            "",
        ),
    ),
    *fault(
        "A05",
        ALL,
        "trusts instances",
        within("ExecutionRole", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"),
    ),
    *fault(
        "A05",
        "fargate-nat ec2-awsvpc",
        "trusts ECS itself",
        within("TaskRole", "ecs-tasks.amazonaws.com", "ecs.amazonaws.com"),
    ),
    *fault(
        "A06",
        ALL,
        "none",
        within("TaskDefinition", "      ExecutionRoleArn: !GetAtt ExecutionRole.Arn\n", ""),
    ),
    *fault("A01", ALL, "none", within("TaskDefinition", "      TaskRoleArn: !Ref TaskRole\n", "")),
    *fault(
        "A02",
        ALL,
        "another secret",
        within("TaskRole", "Resource: !Ref AppSecret", "Resource: !Ref Secret"),
    ),
    *fault(
        "A02",
        "fargate-nat",
        "no action on it",
        within("TaskRole", '"secretsmanager:Get*"', '"secretsmanager:List*"'),
    ),
    *fault(
        "A07",
        ALL,
        "absent",
        within("TaskDefinition", "awslogs-group: !Ref Log", "awslogs-group: /shop/web"),
    ),
    *fault(
        "A07",
        "fargate-peers",
        "mistyped",
        within("PeerTask", '!Sub "/shop/${Stage}"', '!Sub "/shops/${Stage}"'),
    ),
    *fault(
        "A08",
        "fargate-nat ec2-host",
        "create-group",
        within(
            "TaskDefinition",
            "Options: {awslogs-group: !Ref Log,",
            'Options: {awslogs-create-group: "true", awslogs-group: /shop/web,',
        ),
    ),
    *fault(
        "A08", "fargate-nat", "no streams", within("ExecutionRole", "logs:CreateLogStream, ", "")
    ),
    *fault(
        "A10",
        "fargate-nat",
        "a schedule passes one role",
        more(SCHEDULE.replace("PASSED", "!GetAtt TaskRole.Arn")),
    ),
    *fault(
        "A10",
        "fargate-nat",
        "a rule passes one role",
        more(RULE.replace("PASSED", "!GetAtt TaskRole.Arn")),
    ),
    *fault(
        "N04",
        "fargate-nat",
        "a rule's task without a way out",
        more(
            RULE.replace("PASSED", '"*"').replace(
                "Subnets: [!Ref PrivateA]", "Subnets: [!Ref Apart]"
            )
        ),
        more(APART),
    ),
    *fault("A10", "fargate-nat", "a deployer", more(DEPLOYER)),
    *fault(
        "P12",
        f"{INSTANCES} ec2-host",
        "no policy",
        within(
            "InstanceRole",
            "service-role/AmazonEC2ContainerServiceforEC2Role",
            "AmazonSSMManagedInstanceCore",
        ),
    ),
    *fault("E01", ALL, "no channel", within("TaskRole", "ssmmessages:CreateControlChannel, ", "")),
    *fault(
        "E01",
        "fargate-nat",
        "for one resource",
        within(
            "TaskRole",
            '                Resource: "*"\n',
            "                Resource: !GetAtt Cluster.Arn\n",
        ),
    ),
    *fault(
        "X11",
        FARGATE,
        "logs may not use the key",
        within("Key", "logs.${AWS::Region}", "sns.${AWS::Region}"),
    ),
    *fault(
        "K01", ALL, "no colons", within("TaskDefinition", "${Secret}:token::", "${Secret}:token")
    ),
    *fault(
        "K01",
        "fargate-nat",
        "one colon",
        within("TaskDefinition", "${Secret}:token::", "${Secret}:token:"),
    ),
    *fault(
        "K02",
        ALL,
        "no such key",
        within("TaskDefinition", "${Secret}:token::", "${Secret}:tokens::"),
    ),
    *fault(
        "K02",
        "fargate-nat",
        "a managed secret has no host",
        within("TaskDefinition", "SecretArn}:password::", "SecretArn}:host::"),
    ),
    *fault(
        "K04",
        FARGATE,
        "a stage as version",
        within("TaskDefinition", "${Secret}:token::", "${Secret}:token::AWSCURRENT"),
    ),
    *fault(
        "K05",
        FARGATE,
        "a name",
        within("Secret", "      KmsKeyId", "      Name: shop-token\n      KmsKeyId"),
        within("TaskDefinition", '!Sub "${Secret}:token::"', "shop-token"),
    ),
    *fault("K07", FARGATE, "rotates", more(ROTATION)),
    *fault(
        "K09",
        FARGATE,
        "RDS refuses it",
        within(
            "Database",
            "ManageMasterUserPassword: true",
            'MasterUserPassword: !Sub "{{resolve:secretsmanager:${AppSecret}:SecretString:key}}"',
        ),
        within(
            "ExecutionRole",
            "[!Ref Secret, !GetAtt Database.MasterUserSecret.SecretArn]",
            "!Ref Secret",
        ),
        within(
            "TaskDefinition",
            '            - {Name: PASSWORD, ValueFrom: !Sub "${Database.MasterUserSecret.SecretArn}:password::"}\n',
            "",
        ),
    ),
    *fault(
        "K09",
        "fargate-nat",
        "in a URL",
        within(
            "TaskDefinition",
            "{Name: APP_SECRET_ARN",
            '{Name: CACHE_URL, Value: !Sub "redis://:{{resolve:secretsmanager:${AppSecret}:SecretString:key}}@cache.example.com:6379"}\n            - {Name: APP_SECRET_ARN',
        ),
    ),
]
