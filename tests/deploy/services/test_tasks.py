"""What is run once, and what is remembered of it so that `up` does not run it again."""

import re
from dataclasses import replace

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.deployed import Deployed
from deploy.ecs.errors import DeploymentError
from deploy.ecs.progress import silent
from deploy.ecs.secrets import ServiceSecrets, marked
from deploy.ecs.services.tasks import ServiceTasks
from deploy.ecs.stacks import Parts, Secrets
from deploy.ecs.up import Up
from tests.deploy.amazon import Amazon
from tests.deploy.cluster import CLUSTER, IMAGE, LOG_GROUP, Cluster
from tests.deploy.deployments import deployment

MASTER = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-0a1b-AbCdEf"
BOTH, MIGRATION = ["bootstrap", "migration"], ["migration"]


@pytest.fixture
def cluster(amazon: Amazon) -> Cluster:
    return Cluster(amazon)


@pytest.fixture
def up(aws: AWS, clock: Clock, cluster: Cluster) -> Up:
    tasks = {
        output: cluster.definition(f"accounts-{name}")
        for output, name in [
            ("BootstrapTaskDefinition", "bootstrap"),
            ("MigrationTaskDefinition", "migrate"),
        ]
    }
    place = {"Cluster": CLUSTER, "CapacityProvider": "FARGATE", "LogGroup": LOG_GROUP}
    outputs = {"data": data("db.example.com"), "cluster": place, "accounts-tasks": tasks}
    return Up(aws, Parts(deployment()), clock, silent(), outputs=outputs)


def data(host: str) -> dict[str, str]:
    return {
        "PostgreSQLHost": host,
        "PostgreSQLPort": "5432",
        "PostgreSQLSecurityGroup": "sg-0d",
        "PostgreSQLMasterSecret": MASTER,
    }


@pytest.fixture
def arns(up: Up) -> Secrets:
    return ServiceSecrets(up.aws, up.parts, "accounts").make(MASTER)


@pytest.fixture
def tasks(up: Up) -> ServiceTasks:
    deployed = Deployed(up.parts, up.outputs)
    return ServiceTasks(up.aws, up.clock, deployed, "accounts", lambda text: None)


def done(up: Up, tasks: ServiceTasks) -> None:
    tasks.bootstrap(up.place("accounts", MASTER))
    tasks.migrate()


def test_first_time(up: Up, arns: Secrets) -> None:
    assert up.due("accounts", IMAGE, arns) == BOTH


def test_nothing_twice(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    done(up, tasks)
    assert up.due("accounts", IMAGE, arns) == []


def test_other_image(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    done(up, tasks)
    assert up.due("accounts", IMAGE.replace("0", "1"), arns) == MIGRATION


def test_other_database(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    """Restored from a snapshot, it has neither these roles nor perhaps these tables."""
    done(up, tasks)
    up.outputs["data"] = data("restored.example.com")
    assert up.due("accounts", IMAGE, arns) == BOTH
    tasks.bootstrap(up.place("accounts", MASTER))
    assert up.due("accounts", IMAGE, arns) == MIGRATION  # and so after an interruption


def test_new_database_of_the_same_name(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    """As when all was deleted and is deployed again: RDS gives it the same host, and the secrets
    that are restored have still their marks."""
    done(up, tasks)
    anew = replace(arns, master=MASTER.replace("0a1b", "2c3d"))
    assert up.due("accounts", IMAGE, anew) == BOTH


def test_marks_are_what_a_tag_may_be(up: Up) -> None:
    assert re.fullmatch(r"[\w .:/=+@-]{1,255}", marked(up.place("accounts", MASTER)))
    assert re.fullmatch(r"[\w .:/=+@-]{1,255}", marked(IMAGE))


def test_asked_for(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    done(up, tasks)
    assert replace(up, bootstrap=True).due("accounts", IMAGE, arns) == BOTH


def test_without_an_administrator(up: Up, arns: Secrets, tasks: ServiceTasks) -> None:
    """Of a database that was given, whose roles are made by hand."""
    without = replace(arns, master=None)
    assert up.due("accounts", IMAGE, without) == MIGRATION
    tasks.migrate()
    assert up.due("accounts", IMAGE, without) == []


def test_failure_is_no_mark(up: Up, arns: Secrets, tasks: ServiceTasks, cluster: Cluster) -> None:
    cluster.exit_code = 1
    with pytest.raises(DeploymentError, match="The bootstrap of accounts ended"):
        tasks.bootstrap(up.place("accounts", MASTER))
    assert up.due("accounts", IMAGE, arns) == BOTH
    cluster.exit_code = 0
    tasks.bootstrap(up.place("accounts", MASTER))
    cluster.exit_code = 1
    with pytest.raises(DeploymentError, match="The migration of accounts ended"):
        tasks.migrate()
    assert up.due("accounts", IMAGE, arns) == MIGRATION


def test_each_by_a_task_of_its_own(
    up: Up, arns: Secrets, tasks: ServiceTasks, cluster: Cluster
) -> None:
    done(up, tasks)
    started = [each["taskDefinition"] for each in cluster.started.values()]
    names = ["BootstrapTaskDefinition", "MigrationTaskDefinition"]
    assert started == [up.outputs["accounts-tasks"][each] for each in names]
