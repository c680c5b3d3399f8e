"""What a preset means, setting by setting; deployment.toml may say otherwise for each."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    # The cheapest that is still sound: one small instance with public addresses, no NAT gateway,
    # no interface endpoint; the catalog is on the same PostgreSQL instance as accounts.
    "free-tier": {
        "launch": "ec2",
        "network_mode": "bridge",
        "tasks_in": "public",
        "egress": "none",
        "instance_type": "t2.micro",
        "instances": {"min": 1, "max": 2},
        "postgresql": {"backup_days": 1},
        "task": {"cpu": 128, "memory": 256},
    },
    # Instances in private subnets, tasks with addresses and security groups of their own.
    "private": {
        "launch": "ec2",
        "network_mode": "awsvpc",
        "tasks_in": "private",
        "egress": "endpoints",
        "instance_type": "t3.small",
        "instances": {"min": 2, "max": 3},
        "task": {"cpu": 256, "memory": 512},
    },
    # No instances to care for.
    "fargate": {
        "launch": "fargate",
        "network_mode": "awsvpc",
        "tasks_in": "private",
        "egress": "nat",
        "task": {"cpu": 256, "memory": 512},
    },
}
