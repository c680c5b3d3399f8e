from tests.deploy.preflight.corpus.variant import Variant, fault, more, swap, within

INSTANCES = "ec2-awsvpc ec2-bridge ec2-host"
SECOND = """\
  AdminTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: MODE
      ContainerDefinitions:
        - Name: admin
          Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:${Tag}"
          Memory: SIZE
          PortMappings: [{ContainerPort: 8000, HostPort: 8000}]
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Log, awslogs-region: !Ref "AWS::Region"}
"""
ITS_SERVICE = """\
  Admin:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref AdminTask
      DesiredCount: 2
      LaunchType: EC2
      DeploymentConfiguration: {MinimumHealthyPercent: 0, MaximumPercent: 100, DeploymentCircuitBreaker: {Enable: true, Rollback: true}}
"""
LITTLE = within("Template", "t3.medium", "t3.micro")
FIXED_SIZE = (
    within(
        "Provider",
        "ManagedScaling: {Status: ENABLED, TargetCapacity: 100}",
        "ManagedScaling: {Status: DISABLED}",
    ),
)
ONE_MORE = "MinimumHealthyPercent: 50"
ALWAYS = (within("Service", ONE_MORE, "MinimumHealthyPercent: 100"),)
PORTS = ", ".join(f"{{ContainerPort: {port}, HostPort: {port}}}" for port in range(9000, 9100))

VARIANTS: list[Variant] = [
    *fault(
        "P01",
        INSTANCES,
        "more than registered",
        within("TaskDefinition", "Memory: 512", "Memory: 3800"),
    ),
    *fault(
        "P01",
        "ec2-bridge",
        "all of a t2.micro",
        within("Template", "t3.medium", "t2.micro"),
        within("TaskDefinition", "Memory: 512", "Memory: 1024"),
    ),
    *fault(
        "P01",
        "ec2-bridge",
        "too many together",
        within("TaskDefinition", "Memory: 512", "Memory: 2048"),
        within("Service", "DesiredCount: 2", "DesiredCount: 6"),
    ),
    *fault(
        "P02", INSTANCES, "more than there is", within("TaskDefinition", "Cpu: 256", "Cpu: 4096")
    ),
    *fault(
        "P03",
        "ec2-awsvpc",
        "more tasks than interfaces",
        within("Service", "DesiredCount: 2", "DesiredCount: 9"),
    ),
    *fault(
        "P03",
        "ec2-awsvpc",
        "a micro has one for tasks",
        LITTLE,
        within("TaskDefinition", "Memory: 512", "Memory: 256"),
        within("Service", "DesiredCount: 2", "DesiredCount: 5"),
    ),
    *fault(
        "P04",
        "ec2-awsvpc",
        "t3 has no trunks",
        within("Service", "DesiredCount: 2", "DesiredCount: 9"),
    ),
    *fault(
        "P04",
        "ec2-awsvpc",
        "trunks assumed",
        within("Template", "t3.medium", "m5.large"),
        within("Service", "DesiredCount: 2", "DesiredCount: 9"),
    ),
    *fault(
        "P05",
        "ec2-host",
        "more tasks than instances",
        within("Service", "DesiredCount: 2", "DesiredCount: 5"),
    ),
    *fault(
        "P06",
        "ec2-host",
        "no spare instance",
        *ALWAYS,
        within("Service", "MaximumPercent: 100", "MaximumPercent: 200"),
        within("Service", "DesiredCount: 2", "DesiredCount: 4"),
    ),
    *fault(
        "P06",
        "ec2-bridge",
        "a fixed port",
        *ALWAYS,
        within("TaskDefinition", "HostPort: 0", "HostPort: 8000"),
        within("Group", 'MaxSize: "4"', 'MaxSize: "2"'),
    ),
    *fault(
        "P07",
        INSTANCES,
        "100 and 100",
        *ALWAYS,
        lambda text: text.replace("MaximumPercent: 200", "MaximumPercent: 100"),
    ),
    *fault(
        "P07",
        "fargate-nat",
        "one task, 100 and 150",
        within("Service", "MaximumPercent: 200", "MaximumPercent: 150"),
        within("Service", "DesiredCount: 2", "DesiredCount: 1"),
        lambda text: text.replace("MinCapacity: 2", "MinCapacity: 1"),
    ),
    *fault(
        "P08",
        "ec2-bridge",
        "no headroom",
        *ALWAYS,
        *FIXED_SIZE,
        within("TaskDefinition", "Memory: 512", "Memory: 2000"),
    ),
    *fault(
        "P08",
        "ec2-awsvpc",
        "no interface left",
        *ALWAYS,
        *FIXED_SIZE,
        within("Service", "DesiredCount: 2", "DesiredCount: 4"),
    ),
    *fault(
        "P08",
        "ec2-bridge",
        "a migration beside it",
        *FIXED_SIZE,
        within("TaskDefinition", "Memory: 512", "Memory: 3000"),
        more(SECOND.replace("MODE", "bridge").replace("SIZE", "1024")),
    ),
    *fault(
        "P09",
        "ec2-host",
        "two services",
        within("Service", "DesiredCount: 2", "DesiredCount: 3"),
        more((SECOND + ITS_SERVICE).replace("MODE", "host").replace("SIZE", "256")),
    ),
    *fault(
        "P10",
        "ec2-host",
        "the agent's",
        swap("HostPort: 8000", "HostPort: 51678"),
        within("TaskDefinition", "ContainerPort: 8000", "ContainerPort: 51678"),
        within("Service", "ContainerPort: 8000", "ContainerPort: 51678"),
        within("TaskDefinition", 'Value: "8000"', 'Value: "51678"'),
    ),
    *fault("P10", "ec2-bridge", "SSH's", within("TaskDefinition", "HostPort: 0", "HostPort: 22")),
    *fault(
        "P11",
        INSTANCES,
        "no ECS_CLUSTER",
        within("Template", 'echo "ECS_CLUSTER=${Cluster}" >> /etc/ecs/ecs.config', "true"),
    ),
    *fault(
        "P11",
        "ec2-bridge",
        "another cluster",
        within("Template", "ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=default"),
    ),
    *fault(
        "P11",
        "ec2-bridge",
        "no profile",
        within("Template", "        IamInstanceProfile: {Arn: !GetAtt InstanceProfile.Arn}\n", ""),
    ),
    *fault(
        "P11",
        "ec2-host",
        "none are started",
        within("Group", 'MinSize: "2"', 'MinSize: "0"'),
        within("Group", 'MaxSize: "4"', 'MaxSize: "0"'),
        within("Group", 'DesiredCapacity: "2"', 'DesiredCapacity: "0"'),
    ),
    *fault(
        "P14",
        "ec2-awsvpc",
        "another zone",
        within("Group", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PrivateA]"),
        within("Service", "[!Ref PrivateA, !Ref PrivateB]", "[!Ref PrivateB]"),
    ),
    *fault(
        "P14",
        INSTANCES,
        "another processor",
        within(
            "TaskDefinition",
            "      ExecutionRoleArn",
            "      RuntimePlatform: {CpuArchitecture: ARM64, OperatingSystemFamily: LINUX}\n      ExecutionRoleArn",
        ),
    ),
    *fault(
        "P15",
        "ec2-host",
        "a hundred ports",
        within("TaskDefinition", "HostPort: 8000}", f"HostPort: 8000}}, {PORTS}"),
    ),
    *fault(
        "P19",
        "ec2-bridge",
        "limits above the memory",
        within("Template", 'echo "ECS_RESERVED_MEMORY=128" >> /etc/ecs/ecs.config', "true"),
        within("TaskDefinition", "Memory: 512", "MemoryReservation: 512\n          Memory: 12000"),
    ),
    *fault(
        "P21",
        "fargate-nat fargate-endpoints",
        "no such pair",
        within(
            "TaskDefinition",
            "Memory: 512\n      ExecutionRoleArn",
            "Memory: 4096\n      ExecutionRoleArn",
        ),
    ),
    *fault(
        "P21",
        "fargate-public",
        "no such processor",
        within("TaskDefinition", "      Cpu: 256\n      Memory", "      Cpu: 300\n      Memory"),
    ),
    *fault(
        "P21",
        "fargate-nat",
        "no memory",
        within(
            "TaskDefinition", "      Memory: 512\n      ExecutionRoleArn", "      ExecutionRoleArn"
        ),
    ),
    *fault(
        "I07",
        INSTANCES,
        "another processor",
        within(
            "TaskDefinition",
            "      ExecutionRoleArn",
            "      RuntimePlatform: {CpuArchitecture: ARM64, OperatingSystemFamily: LINUX}\n      ExecutionRoleArn",
        ),
    ),
    *fault(
        "I07",
        "ec2-bridge",
        "instances changed to ARM",
        within("Template", "t3.medium", "t4g.medium"),
        within("Template", "amazon-linux-2023/", "amazon-linux-2023/arm64/"),
    ),
    *fault(
        "C05",
        "fargate-nat fargate-public",
        "300 s",
        within("TaskDefinition", "StopTimeout: 30", "StopTimeout: 300"),
    ),
    *fault(
        "C11",
        "fargate-nat ec2-host",
        "no rollback",
        within("Service", "Rollback: true", "Rollback: false"),
    ),
    *fault(
        "C12",
        "fargate-nat ec2-host",
        "off",
        within("Service", "Enable: true, Rollback: true", "Enable: false, Rollback: false"),
    ),
    *fault(
        "C12",
        "ec2-bridge",
        "none",
        within("Service", "        DeploymentCircuitBreaker: {Enable: true, Rollback: true}\n", ""),
    ),
    *fault(
        "C13",
        "fargate-nat ec2-host",
        "latest",
        within("TaskDefinition", "shop:${Tag}", "shop:latest"),
    ),
    *fault("C13", "ec2-bridge", "no tag", within("TaskDefinition", "shop:${Tag}", "shop")),
]
