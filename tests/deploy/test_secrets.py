import json
from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.secrets import MIGRATED, ServiceSecrets, marked
from deploy.ecs.stacks import Parts
from ecom.keys import KeySet
from tests.deploy.amazon import Amazon
from tests.deploy.deployments import deployment

MASTER = "arn:master"
NAMES = [f"little-ecom/production/accounts{each}" for each in ("", "/database", "/owner")]


@pytest.fixture
def secrets(aws: AWS) -> ServiceSecrets:
    return ServiceSecrets(aws, Parts(deployment()), "accounts")


def content(amazon: Amazon, name: str) -> dict[str, Any]:
    answer = amazon.client("secretsmanager").get_secret_value(SecretId=name)
    return dict(json.loads(answer["SecretString"]))


def test_made(secrets: ServiceSecrets, amazon: Amazon) -> None:
    made = secrets.make(MASTER)
    service, user, owner = (content(amazon, name) for name in NAMES)
    assert KeySet.from_json(json.dumps(service["SIGNING_KEYS"])).active
    assert len(service["SECRET_KEY"]) >= 50
    assert (user["username"], owner["username"]) == ("accounts_user", "accounts_owner")
    assert len({user["password"], owner["password"], service["SECRET_KEY"]}) == 3
    assert made.master == MASTER
    described = amazon.client("secretsmanager").describe_secret(SecretId=made.service)
    assert described["Name"] == NAMES[0]
    assert {"Key": "Environment", "Value": "production"} in described["Tags"]


def test_kept_by_the_second_run(secrets: ServiceSecrets, amazon: Amazon) -> None:
    made = secrets.make(MASTER)
    before = [content(amazon, name) for name in NAMES]
    assert secrets.make(MASTER) == made
    assert [content(amazon, name) for name in NAMES] == before


def test_made_up_for_where_one_is_missing(secrets: ServiceSecrets, amazon: Amazon) -> None:
    """As after an interruption."""
    secrets.make(MASTER)
    kept = content(amazon, NAMES[0])
    manager = amazon.client("secretsmanager")
    manager.delete_secret(SecretId=NAMES[2], ForceDeleteWithoutRecovery=True)
    secrets.make(MASTER)
    assert content(amazon, NAMES[0]) == kept
    assert content(amazon, NAMES[2])["username"] == "accounts_owner"


def test_brought_back(secrets: ServiceSecrets, amazon: Amazon) -> None:
    """Without which their names would be taken for a week (K08); the passwords stay."""
    made = secrets.make(MASTER)
    before = [content(amazon, name) for name in NAMES]
    assert secrets.delete() == NAMES
    assert [secrets.exists(name) for name in NAMES] == [False] * 3
    assert secrets.make(MASTER) == made
    assert [content(amazon, name) for name in NAMES] == before
    assert [secrets.exists(name) for name in NAMES] == [True] * 3


def test_delete_what_is_not_there(secrets: ServiceSecrets) -> None:
    assert secrets.delete() == []


def test_documentdb_has_no_owner(aws: AWS) -> None:
    catalog = ServiceSecrets(aws, Parts(deployment()), "catalog")
    made = catalog.make(MASTER)
    assert made.owner == made.user
    assert not catalog.exists("little-ecom/production/catalog/owner")
    catalog.set_mark(MIGRATED, "image")
    assert catalog.marks()[MIGRATED] == "image"


def test_key_of_ones_own(aws: AWS, amazon: Amazon) -> None:
    key = amazon.client("kms").create_key()["KeyMetadata"]["Arn"]
    made = ServiceSecrets(aws, Parts(deployment(kms_key=key)), "accounts").make(None)
    described = amazon.client("secretsmanager").describe_secret(SecretId=made.user)
    assert described["KmsKeyId"] == key


def test_values_are_shown_nowhere(
    secrets: ServiceSecrets, amazon: Amazon, capfd: pytest.CaptureFixture[str]
) -> None:
    made = secrets.make(MASTER)
    shown = "".join(capfd.readouterr()) + repr(secrets) + repr(made)
    for name in NAMES:
        for value in content(amazon, name).values():
            assert str(value) not in shown or value in {"accounts_user", "accounts_owner"}


def test_they_are_never_read(secrets: ServiceSecrets, amazon: Amazon) -> None:
    secrets.make(MASTER)
    secrets.make(MASTER)
    assert not amazon.requests_of("GetSecretValue")


def test_marks(secrets: ServiceSecrets) -> None:
    assert secrets.marks() == {}
    secrets.make(MASTER)
    image = "repository" * 30 + "@sha256:0"
    secrets.set_mark(MIGRATED, image)
    assert secrets.marks()[MIGRATED] == marked(image) == image[-255:]
    secrets.set_mark(MIGRATED, "")
    assert secrets.marks()[MIGRATED] == ""
