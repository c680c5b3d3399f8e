"""What the templates refuse, as a sentence about deployment.toml."""

import re
from collections.abc import Sequence

from deploy.ecs.errors import DeploymentError
from deploy.ecs.evaluator.places import Problem

# By the parameter of a template that it becomes.
SETTINGS = {
    "VpcCidr": "cidr",
    "Zones": "zones",
    "Egress": "egress",
    "PostgreSQLClass": "postgresql.instance_class",
    "PostgreSQLVersion": "postgresql.version",
    "PostgreSQLStorage": "postgresql.storage",
    "PostgreSQLMaxStorage": "postgresql.max_storage",
    "BackupDays": "postgresql.backup_days",
    "DocumentDBClass": "documentdb.instance_class",
    "DocumentDBInstances": "documentdb.instances",
    "LogDays": "log_days",
    "Launch": "launch",
    "NetworkMode": "network_mode",
    "TasksInPublicSubnets": "tasks_in",
    "InstanceType": "instance_type",
    "InstanceMin": "instances.min",
    "InstanceMax": "instances.max",
    "DomainName": "domain",
    "HostedZoneId": "hosted_zone",
    "CertificateArn": "certificate",
    "AlarmEmail": "alarm_email",
    "MailPort": "mail_port",
    "Cpu": "task.cpu",
    "Memory": "task.memory",
    "KmsKeyArn": "kms_key",
    "SettingsModule": "settings of a service",
    "Command": "command of a service",
    "PathPatterns": "paths of a service",
    "MorePathPatterns": "paths of a service",
    "HealthCheckPath": "health_check of a service",
    "PeerName": "peers of a service",
    "WebConcurrency": "workers of a service",
    "MinTasks": "min_tasks of a service",
    "MaxTasks": "max_tasks of a service",
    "DailyCommand": "daily of a service",
    "FrequentCommand": "frequent of a service",
    "Image": "--image",
}


def refusal(problems: Sequence[Problem], stack: str) -> DeploymentError:
    """Of one stack; the first is the cause."""
    first, *others = dict.fromkeys(sentence(each) for each in problems)
    place = problems[0].place
    return DeploymentError(
        first,
        f"Correct it in deployment.toml ({place.file.name}:{place.line}, of the stack {stack}, "
        "says what it takes).",
        others,
    )


def sentence(problem: Problem) -> str:
    found = re.match(r"Parameter (\w+): (.*)", problem.text, re.DOTALL)
    if not found:
        return problem.text
    setting = SETTINGS.get(found[1], f"the parameter {found[1]}")
    return f"{setting}: {found[2]}"
