"""Of each check the same shape without what is wrong, whatever its topic."""

from tests.deploy.preflight.corpus.variant import Variant, fault, more, swap, within
from tests.deploy.preflight.corpus.variants.definitions import (
    EFS,
    IMAGE,
    LOG_KEY,
    MOUNT,
    MOUNTED,
    REPOSITORY,
)
from tests.deploy.preflight.corpus.variants.egress import ACL, DHCP
from tests.deploy.preflight.corpus.variants.permissions import (
    DEPLOYER,
    READ,
    RULE,
    SCHEDULE,
    VARIABLE,
)

NAT = "fargate-nat"
ENDPOINTS = "fargate-endpoints"
GROUP_443 = within(
    "EndpointGroup", "SourceSecurityGroupId: !GetAtt TaskGroup.GroupId", "CidrIp: 10.20.0.0/16"
)
EVERYWHERE = '[{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]'
TO_NETWORK = """
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !GetAtt Vpc.CidrBlock}
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 27017, CidrIp: !GetAtt Vpc.CidrBlock}"""
PREFIX_LIST = """
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, DestinationPrefixListId: pl-6ea54007}"""
ACL_OF_NETWORK = """\
  AclInNetwork:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 90, Protocol: -1, RuleAction: allow, CidrBlock: !GetAtt Vpc.CidrBlock}
"""
OF_DOCUMENTS = """\
          - {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "${Papers.Arn}/*"}"""
ONE_ENDPOINT = """\
  LogsGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Of the endpoint
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]
  LogsOnly:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.logs
      SubnetIds: [!Ref PrivateB]
      SecurityGroupIds: [!Ref LogsGroup]
      PrivateDnsEnabled: true
"""
UNUSED_TARGETS = """\
  Spare:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP}
"""
NETWORK_TARGETS = """\
  Through:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, TargetType: ip, Port: 8000, Protocol: TCP, HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10}
"""
SIDECAR = """\
        - Name: cache
          Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:cache-7"
          Essential: false
          Memory: 128
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Log, awslogs-region: !Ref "AWS::Region", awslogs-stream-prefix: cache}
"""
OTHER_LISTENER = """\
  Internal:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 8443
      Protocol: HTTPS
      Certificates: [{CertificateArn: !Ref Certificate}]
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]
  InternalRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Internal
      Priority: 20
      Conditions: [{Field: path-pattern, Values: ["/*"]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]
"""
PORT = '            - {Name: PORT, Value: "8000"}\n'
USER_DATA = """\
            #!/bin/bash
            echo "ECS_CLUSTER=${Cluster}" >> /etc/ecs/ecs.config
            echo "ECS_RESERVED_MEMORY=128" >> /etc/ecs/ecs.config
"""
CLOUD_CONFIG = """\
            #cloud-config
            write_files:
              - path: /etc/ecs/ecs.config
                content: |
                  ECS_CLUSTER=${Cluster}
                  ECS_RESERVED_MEMORY=128
"""
MIME = """\
            Content-Type: multipart/mixed; boundary="=="
            MIME-Version: 1.0

            --==
            Content-Type: text/x-shellscript

            #!/bin/sh
            cat <<'END' > /etc/ecs/ecs.config
            ECS_CLUSTER=${Cluster}
            END
            --==--
"""
BOTTLEROCKET = """\
            [settings.ecs]
            cluster = "${Cluster}"
"""
CERTAIN_KEY = """\
          - {Effect: Allow, Principal: {AWS: !GetAtt ExecutionRole.Arn}, Action: "kms:Decrypt", Resource: "*"}
"""
DECRYPT = "              - {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Key.Arn}\n"
ROOT = '          - {Effect: Allow, Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}\n'

SHAPES: list[Variant] = [
    *fault(
        "A03",
        "fargate-nat ec2-host",
        "a wildcard that permits",
        within(
            "ExecutionRole",
            READ,
            '"secretsmanager:Get*", Resource: !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*"',
        ),
    ),
    *fault(
        "A03",
        NAT,
        "a Deny of something else",
        within(
            "ExecutionRole",
            DECRYPT,
            DECRYPT
            + '              - {Effect: Deny, Action: "secretsmanager:Delete*", Resource: "*"}\n',
        ),
    ),
    *fault(
        "I02",
        NAT,
        "AWS's own policy",
        within(
            "ExecutionRole",
            "      Policies:",
            '      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"]\n      Policies:',
        ),
        swap(
            '              - {Effect: Allow, Action: ecr:GetAuthorizationToken, Resource: "*"}\n',
            "",
        ),
    ),
    *fault(
        "A04",
        NAT,
        "the key's policy names the role",
        within("ExecutionRole", DECRYPT, ""),
        within("Key", ROOT, ROOT + CERTAIN_KEY),
    ),
    *fault(
        "A05",
        "fargate-nat ec2-host",
        "trusts others too",
        within(
            "TaskRole",
            "[ecs-tasks.amazonaws.com]",
            "[lambda.amazonaws.com, ecs-tasks.amazonaws.com]",
        ),
    ),
    *fault(
        "A06",
        "ec2-bridge",
        "the instances pull and log",
        within("TaskDefinition", "      ExecutionRoleArn: !GetAtt ExecutionRole.Arn\n", ""),
        within(
            "TaskDefinition",
            f"""\
          Secrets:
            - {VARIABLE}
            - {{Name: PASSWORD, ValueFrom: !Sub "${{Database.MasterUserSecret.SecretArn}}:password::"}}
""",
            "",
        ),
    ),
    *fault(
        "A07",
        NAT,
        "a literal name of a group that is made",
        within("TaskDefinition", "awslogs-group: !Ref Log", "awslogs-group: /shop/production"),
    ),
    *fault(
        "A08",
        NAT,
        "it may make the group",
        within(
            "TaskDefinition",
            "Options: {awslogs-group: !Ref Log,",
            'Options: {awslogs-create-group: "true", awslogs-group: /shop/web,',
        ),
        within(
            "ExecutionRole",
            '[logs:CreateLogStream, logs:PutLogEvents], Resource: !Sub "${Log.Arn}*"',
            '"logs:*", Resource: "*"',
        ),
    ),
    *fault(
        "A10",
        NAT,
        "both roles are passed",
        more(SCHEDULE.replace("PASSED", "[!GetAtt TaskRole.Arn, !GetAtt ExecutionRole.Arn]")),
    ),
    *fault(
        "A10",
        NAT,
        "a rule passes both roles",
        more(RULE.replace("PASSED", "[!GetAtt TaskRole.Arn, !GetAtt ExecutionRole.Arn]")),
    ),
    *fault(
        "A10",
        NAT,
        "a deployer that passes roles",
        more(DEPLOYER.replace('"ecs:*"', '["ecs:*", "iam:PassRole"]')),
    ),
    *fault(
        "P12",
        "ec2-bridge",
        "a policy of one's own",
        within(
            "InstanceRole",
            '      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"]\n',
            """\
      Policies:
        - PolicyName: join
          PolicyDocument:
            Statement: [{Effect: Allow, Action: ["ecs:*", "ecr:*", "logs:*"], Resource: "*"}]
""",
        ),
    ),
    *fault(
        "K01",
        NAT,
        "the whole secret",
        within("TaskDefinition", '!Sub "${Secret}:token::"', "!Ref Secret"),
    ),
    *fault(
        "K02",
        NAT,
        "the other key",
        within("TaskDefinition", "${Secret}:token::", "${Secret}:user::"),
    ),
    *fault(
        "K04",
        NAT,
        "a stage and an id",
        within("TaskDefinition", "${Secret}:token::", "${Secret}:token:AWSCURRENT:"),
    ),
    *fault(
        "K05",
        NAT,
        "a parameter",
        within("TaskDefinition", '!Sub "${Secret}:token::"', "/shop/token"),
        within(
            "ExecutionRole",
            DECRYPT,
            DECRYPT
            + '              - {Effect: Allow, Action: ssm:GetParameters, Resource: !Sub "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/shop/*"}\n',
        ),
    ),
    *fault(
        "N01",
        "ec2-bridge",
        "the host has an address",
        within("Service", "DesiredCount: 2", "DesiredCount: 3"),
    ),
    *fault("N04", NAT, "the NAT gateway of the other zone", within("Nat", "PublicA", "PublicB")),
    *fault("N05", NAT, "one endpoint beside a NAT gateway", more(ONE_ENDPOINT)),
    *fault("N13", ENDPOINTS, "admitted by address", GROUP_443),
    *fault(
        "N13",
        ENDPOINTS,
        "by itself: tasks are in the group",
        within(
            "EndpointGroup",
            "SourceSecurityGroupId: !GetAtt TaskGroup.GroupId",
            "CidrIp: 10.20.16.0/22",
        ),
    ),
    *fault(
        "N16",
        ENDPOINTS,
        "in another subnet of the same zone",
        within("LogsEndpoint", "[!Ref PrivateA]", "[!Ref PublicA]"),
    ),
    *fault(
        "N17",
        ENDPOINTS,
        "a policy that admits",
        within(
            "SecretsManagerEndpoint",
            "PrivateDnsEnabled: true\n",
            """\
PrivateDnsEnabled: true
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: "*", Action: "secretsmanager:*", Resource: "*"}]
""",
        ),
    ),
    *fault(
        "I05",
        ENDPOINTS,
        "no policy",
        within(
            "S3Endpoint",
            """\
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"}
""",
            "",
        ),
    ),
    *fault(
        "I06",
        NAT,
        "Docker Hub through a NAT gateway",
        within("TaskDefinition", IMAGE, "nginx:1.27"),
    ),
    *fault(
        "N18",
        ENDPOINTS,
        "out to what it needs",
        within(
            "TaskGroup",
            '[{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]',
            "[{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}, {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.20.0.0/16}, {IpProtocol: tcp, FromPort: 27017, ToPort: 27017, CidrIp: 10.20.0.0/16}]",
        ),
    ),
    *fault(
        "N19", NAT, "all ephemeral ports", more(ACL.replace("FROM", "443").replace("TO", "65535"))
    ),
    *fault(
        "N20",
        ENDPOINTS,
        "Amazon's name servers",
        more(DHCP.replace("10.20.0.53", "AmazonProvidedDNS")),
    ),
    *fault(
        "B05",
        NAT,
        "the command binds the port",
        within(
            "TaskDefinition",
            "          StopTimeout: 30\n",
            '          StopTimeout: 30\n          Command: [gunicorn, --bind, "0.0.0.0:8000", --keep-alive, "75", shop.wsgi]\n',
        ),
    ),
    *fault("B07", NAT, "a group that nobody uses", more(UNUSED_TARGETS)),
    *fault(
        "B09",
        "ec2-bridge",
        "the range of older Dockers",
        within("HostIngress", "FromPort: 32768, ToPort: 60999", "FromPort: 31000, ToPort: 61000"),
    ),
    *fault(
        "B08",
        NAT,
        "the same rule twice",
        within(
            "TaskGroup",
            "      SecurityGroupEgress",
            "      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 8000, ToPort: 8000, SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId}]\n      SecurityGroupEgress",
        ),
    ),
    *fault(
        "B12",
        NAT,
        "by the listener behind the rule",
        swap("DependsOn: [Rule", "DependsOn: [Rule, Listener"),
    ),
    *fault("B17", NAT, "a network load balancer's", more(NETWORK_TARGETS)),
    *fault(
        "B22",
        NAT,
        "the earlier one is narrower",
        within("Rule", 'Values: ["/*"]', 'Values: ["/old/archive/*"]'),
        within("AdminRule", "Priority: 10", "Priority: 30"),
    ),
    *fault(
        "C09",
        NAT,
        "a container of the same task",
        within(
            "TaskDefinition",
            PORT,
            PORT + '            - {Name: CACHE_URL, Value: "redis://localhost:6379"}\n',
        ),
        within("TaskDefinition", "        - Name: web", f"{SIDECAR}        - Name: web"),
    ),
    *fault(
        "D02", NAT, "verified", within("TaskDefinition", "sslmode=require", "sslmode=verify-full")
    ),
    *fault("D04", NAT, "the older word", within("TaskDefinition", "tls=true&", "ssl=true&")),
    *fault(
        "D05",
        NAT,
        "a version that retries",
        within("Documents", "5.0.0", "8.0.2"),
        within("DocumentParameters", "docdb5.0", "docdb8.0"),
        within("TaskDefinition", "retryWrites=false", "retryWrites=true"),
    ),
    *fault(
        "D11",
        NAT,
        "few threads",
        within(
            "TaskDefinition",
            "          StopTimeout: 30\n",
            '          StopTimeout: 30\n          Command: [gunicorn, --bind, "0.0.0.0:8000", --workers, "2", --threads, "4", --keep-alive, "75", shop.wsgi]\n',
        ),
    ),
    *fault(
        "E03",
        NAT,
        "read-only without sessions",
        within(
            "TaskDefinition",
            "          Essential",
            "          ReadonlyRootFilesystem: true\n          Essential",
        ),
        within("Service", "      EnableExecuteCommand: true\n", ""),
    ),
    *fault(
        "P01",
        "ec2-bridge",
        "just what is registered",
        within("TaskDefinition", "Memory: 512", "Memory: 3600"),
    ),
    *fault(
        "P03",
        "ec2-awsvpc",
        "as many as there are interfaces",
        within("Service", "DesiredCount: 2", "DesiredCount: 8"),
        within("Scaling", "MaxCapacity: 4", "MaxCapacity: 8"),
    ),
    *fault(
        "P05", "ec2-host", "a task on each", within("Service", "DesiredCount: 2", "DesiredCount: 4")
    ),
    *fault(
        "P07",
        "ec2-host",
        "one may be stopped first",
        within("Service", "MinimumHealthyPercent: 50", "MinimumHealthyPercent: 0"),
    ),
    *fault("P11", "ec2-bridge", "by cloud-config", within("Template", USER_DATA, CLOUD_CONFIG)),
    *fault("P11", "ec2-bridge", "by MIME", within("Template", USER_DATA, MIME)),
    *fault("P11", "ec2-bridge", "Bottlerocket", within("Template", USER_DATA, BOTTLEROCKET)),
    *fault(
        "P14",
        "ec2-awsvpc",
        "other subnets of the same zones",
        within("Group", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PublicA, !Ref PublicB]"),
        within(
            "Template",
            "SecurityGroupIds: [!GetAtt InstanceGroup.GroupId]",
            "NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: [!GetAtt InstanceGroup.GroupId]}]",
        ),
    ),
    *fault(
        "P21",
        NAT,
        "the largest of its processor",
        within(
            "TaskDefinition",
            "      Memory: 512\n      ExecutionRoleArn",
            "      Memory: 2048\n      ExecutionRoleArn",
        ),
    ),
    *fault(
        "X04",
        NAT,
        "the account by its pseudo parameter",
        within(
            "TaskDefinition",
            "Value: !Ref AppSecret",
            'Value: !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:app"',
        ),
        within(
            "TaskRole",
            "Resource: !Ref AppSecret",
            'Resource: !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:app*"',
        ),
    ),
    *fault(
        "X05",
        NAT,
        "both have the condition",
        more(
            "  Extra:\n    Type: AWS::SNS::Topic\n    Condition: HasOwner\n  ExtraPolicy:\n    Type: AWS::SNS::Subscription\n    Condition: HasOwner\n    Properties: {TopicArn: !Ref Extra, Protocol: email, Endpoint: a@example.com}\n"
        ),
    ),
    *fault(
        "X07",
        NAT,
        "it waits",
        MOUNTED,
        swap("DependsOn: [Rule", "DependsOn: [FilesA, Rule"),
        more(EFS + MOUNT),
    ),
    *fault(
        "X08",
        NAT,
        "of two listeners",
        more(OTHER_LISTENER),
        swap("DependsOn: [Rule", "DependsOn: [InternalRule, Rule"),
    ),
    *fault(
        "X10",
        NAT,
        "no task yet",
        within("TaskDefinition", IMAGE, '!Sub "${Images.RepositoryUri}:${Tag}"'),
        within(
            "ExecutionRole",
            'Resource: !Sub "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/shop"',
            "Resource: !GetAtt Images.Arn",
        ),
        within("Service", "DesiredCount: 2", "DesiredCount: 0"),
        more(REPOSITORY),
    ),
    *fault(
        "X11",
        NAT,
        "for this log group",
        within("Log", "!GetAtt Key.Arn", "!GetAtt LogKey.Arn"),
        more(LOG_KEY.replace("GROUP", "/shop/*")),
    ),
    *fault(
        "N18",
        ENDPOINTS,
        "to the network, and to S3's prefix list",
        within("TaskGroup", EVERYWHERE, TO_NETWORK + PREFIX_LIST),
    ),
    *fault(
        "N19",
        NAT,
        "the network's block by its attribute",
        more(ACL.replace("FROM", "1024").replace("TO}", "65535}") + ACL_OF_NETWORK),
    ),
    *fault(
        "I05",
        ENDPOINTS,
        "a bucket of its own, and the layers'",
        within("S3Endpoint", "Statement:", f"Statement:\n{OF_DOCUMENTS}"),
        more("  Papers:\n    Type: AWS::S3::Bucket\n"),
    ),
    *fault(
        "N12",
        NAT,
        "name servers of its own",
        within("Vpc", "EnableDnsSupport: true", "EnableDnsSupport: false"),
        more(DHCP),
    ),
    *fault(
        "C09",
        NAT,
        "its own port",
        within(
            "TaskDefinition",
            PORT,
            PORT + '            - {Name: SELF_URL, Value: "http://localhost:8000"}\n',
        ),
    ),
]
