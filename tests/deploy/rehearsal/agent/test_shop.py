"""The shop itself, as its task definitions have it: migrated, served, signed up to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.cloud import Cloud
from ecom.keys import KeySet
from tests.deploy.rehearsal.agent.ground import Ground
from tests.deploy.rehearsal.agent.test_wires import database

SLOWER = 60  # seconds in a real one: the shop answers no faster than on AWS


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with Cloud("eu-central-1", Clock(SLOWER)) as cloud, Agent(cloud, tmp_path) as agent:
        found = Ground(cloud, agent)
        found.lay()
        yield found


def variables(ground: Ground) -> dict[str, str]:
    secrets = ground.cloud.client("secretsmanager")
    own = secrets.create_secret(
        Name="shop/accounts",
        SecretString=json.dumps(
            {"SECRET_KEY": "k" * 50, "SIGNING_KEYS": KeySet.generate().to_json()}
        ),
    )
    url = database(ground)
    [made] = ground.cloud.client("rds").describe_db_instances()["DBInstances"]
    return {
        "ECOM_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "ecom.settings.accounts",
        "PORT": "8000",
        "BASE_URL": f"http://{ground.host}",
        "ALLOWED_HOSTS": ground.host,
        "TRUSTED_PROXIES": "1",
        "CATALOG_URL": "http://catalog.shop.internal:8000",
        "DATABASE_URL": url,
        "ECOM_SECRET_ID": own["ARN"],
        "ECOM_DATABASE_SECRET_ID": made["MasterUserSecret"]["SecretArn"],
    }


def test_shop(ground: Ground) -> None:
    environment = [{"name": name, "value": value} for name, value in variables(ground).items()]
    given: dict[str, Any] = {
        "environment": environment,
        "taskRoleArn": f"arn:aws:iam::{ground.cloud.account}:role/task",
    }
    migration = ground.define("migrate", command=["migrate"], portMappings=[], **given)
    migrated = ground.stopped(ground.run(migration))
    log = "\n".join(ground.log(migrated["taskArn"]))
    assert migrated["containers"][0]["exitCode"] == 0, log
    group = ground.target_group("app")
    ground.rule(group, 10, "/*")
    check = {"command": ["CMD", "python", "-m", "ecom.healthcheck"], "startPeriod": 60}
    ground.serve(
        ground.define("accounts", command=["accounts"], healthCheck=check, **given),
        group,
        healthCheckGracePeriodSeconds=60,
    )
    ground.stable()

    answer = requests.post(
        f"{ground.agent.url}/accounts/sign-up/",
        json={"email": "anna@example.com", "password": "correct horse battery"},
        timeout=10,
    )
    ready = requests.get(f"{ground.agent.url}/ready", timeout=10)

    assert ready.status_code == 200, ready.text
    assert answer.status_code == 201, answer.text
    tasks = ground.ecs.list_tasks(cluster="shop", serviceName="app")["taskArns"]
    assert ground.task(tasks[0])["healthStatus"] == "HEALTHY"
