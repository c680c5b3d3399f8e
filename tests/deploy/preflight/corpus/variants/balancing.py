from tests.deploy.preflight.corpus.variant import Variant, fault, swap, within, without

ALL = "fargate-nat ec2-bridge ec2-host"
FEED = "[{ContainerName: web, ContainerPort: 8000, TargetGroupArn: !Ref Targets}]"
COMMAND = "          StopTimeout: 30\n"

VARIANTS: list[Variant] = [
    *fault(
        "B04",
        ALL,
        "takes 404 only",
        within(
            "Targets",
            "      HealthCheckPath",
            '      Matcher: {HttpCode: "404"}\n      HealthCheckPath',
        ),
    ),
    *fault(
        "B04",
        "fargate-nat",
        "takes 204 only",
        within(
            "Targets",
            "      HealthCheckPath",
            '      Matcher: {HttpCode: "204"}\n      HealthCheckPath',
        ),
    ),
    *fault(
        "B05",
        ALL,
        "bound to loopback",
        within(
            "TaskDefinition",
            COMMAND,
            f'{COMMAND}          Command: [gunicorn, --bind, "127.0.0.1:8000", shop.wsgi]\n',
        ),
    ),
    *fault(
        "B05",
        "fargate-nat",
        "bound to another port",
        within(
            "TaskDefinition",
            COMMAND,
            f'{COMMAND}          Command: [gunicorn, "--bind=0.0.0.0:8080", shop.wsgi]\n',
        ),
    ),
    *fault(
        "B05",
        ALL,
        "PORT is another",
        within("TaskDefinition", '{Name: PORT, Value: "8000"}', '{Name: PORT, Value: "8080"}'),
    ),
    *fault(
        "B05",
        "fargate-nat ec2-awsvpc",
        "asked on another port",
        within(
            "Targets", "      HealthCheckPath", "      HealthCheckPort: 8080\n      HealthCheckPath"
        ),
    ),
    *fault(
        "B06",
        "ec2-bridge ec2-bridge-private",
        "a fixed port",
        within(
            "Targets", "      HealthCheckPath", "      HealthCheckPort: 8000\n      HealthCheckPath"
        ),
    ),
    *fault(
        "B07",
        "fargate-nat ec2-awsvpc",
        "instance",
        within("Targets", "TargetType: ip", "TargetType: instance"),
    ),
    *fault(
        "B07", "fargate-endpoints", "left alone", within("Targets", "      TargetType: ip\n", "")
    ),
    *fault(
        "B07",
        "ec2-bridge ec2-host",
        "ip",
        within("Targets", "TargetType: instance", "TargetType: ip"),
    ),
    *fault(
        "B11", ALL, "no rule", without("Rule"), swap("DependsOn: [Rule", "DependsOn: [Listener")
    ),
    *fault(
        "B12",
        ALL,
        "waits for the load balancer only",
        swap("DependsOn: [Rule", "DependsOn: [Balancer"),
    ),
    *fault(
        "B16",
        ALL,
        "0",
        within("Service", "HealthCheckGracePeriodSeconds: 60", "HealthCheckGracePeriodSeconds: 0"),
    ),
    *fault(
        "B16",
        "fargate-nat",
        "left alone",
        within("Service", "      HealthCheckGracePeriodSeconds: 60\n", ""),
    ),
    *fault(
        "B16",
        "ec2-bridge",
        "shorter than the start",
        within("Service", "HealthCheckGracePeriodSeconds: 60", "HealthCheckGracePeriodSeconds: 10"),
        within("TaskDefinition", "StartPeriod: 30", "StartPeriod: 120"),
    ),
    *fault(
        "B17",
        ALL,
        "equal",
        within("Targets", "HealthCheckTimeoutSeconds: 5", "HealthCheckTimeoutSeconds: 15"),
    ),
    *fault(
        "B17",
        "fargate-nat",
        "the default is longer",
        within("Targets", "      HealthCheckTimeoutSeconds: 5\n", ""),
        within("Targets", "IntervalSeconds: 15", "IntervalSeconds: 5"),
    ),
    *fault("B18", ALL, "shorter", within("TaskDefinition", "StopTimeout: 30", "StopTimeout: 10")),
    *fault("B19", ALL, "300", within("Targets", 'Value: "20"', 'Value: "300"')),
    *fault(
        "B19",
        "fargate-nat",
        "left alone",
        within(
            "Targets",
            '      TargetGroupAttributes: [{Key: deregistration_delay.timeout_seconds, Value: "20"}]\n',
            "",
        ),
    ),
    *fault(
        "B20", ALL, "another name", within("Service", "ContainerName: web", "ContainerName: app")
    ),
    *fault(
        "B20",
        "fargate-nat",
        "another port",
        within("Service", "ContainerPort: 8000", "ContainerPort: 8080"),
    ),
    *fault(
        "B21",
        "fargate-nat ec2-bridge",
        "5 s",
        within(
            "TaskDefinition",
            COMMAND,
            f'{COMMAND}          Command: [gunicorn, --bind, "0.0.0.0:8000", --threads, "4", --keep-alive, "5", shop.wsgi]\n',
        ),
    ),
    *fault(
        "B22",
        ALL,
        "the later rule is asked first",
        within("AdminRule", "Priority: 10", "Priority: 30"),
    ),
]
