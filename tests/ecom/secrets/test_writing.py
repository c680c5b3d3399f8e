"""manage.py rotate_signing_key, where the keys come from a secret: what is written and shown."""

import json
from typing import Any

import pytest

from ecom.keys import KeySet
from ecom.secrets.reading import read
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError, Source
from ecom.secrets.writing import write
from tests.ecom.secrets.aws import SecretsManager, answering, refusal
from tests.ecom.secrets.conftest import AskAt
from tests.ecom.secrets.process import python

TASK = "arn:aws:sts::123456789012:assumed-role/shop-keys/0123abcd"
OTHERS = {"SECRET_KEY": "hunter2" * 8, "TRUSTED_PROXIES": 1, "ALLOWED_HOSTS": ["shop.example.com"]}


@pytest.fixture(scope="module")
def keys() -> KeySet:
    return KeySet.generate()


def rotate(variables: dict[str, str], *options: str) -> tuple[int, str]:
    done = python("manage.py", "rotate_signing_key", *options, **variables)
    shown = done.stdout + done.stderr
    assert not any(text in shown for text in ("hunter2", "Traceback", '"d"', '"n"'))
    return done.returncode, shown


def production(moto: SecretsManager, name: str, **variables: str) -> dict[str, str]:
    return {
        **moto.variables,
        "ECOM_SECRET_ID": name,
        "BASE_URL": "https://shop.example.com",
        "DATABASE_URL": "postgresql://nowhere.example/shop",
        **variables,
    }


def stored(moto: SecretsManager, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(moto.client.get_secret_value(SecretId=name)["SecretString"])
    return found


def test_the_new_set_is_written_back(moto: SecretsManager, keys: KeySet) -> None:
    name = moto.make(OTHERS | {"SIGNING_KEYS": json.loads(keys.to_json())})
    code, shown = rotate(production(moto, name))
    assert code == 0, shown
    upcoming = keys.keys[1]["kid"]
    assert shown == (
        f"Written to {moto.arn(name)}: processes that start from now on sign with {upcoming}.\n"
    )
    values = stored(moto, name)
    rotated = KeySet.from_json(json.dumps(values.pop("SIGNING_KEYS")))
    assert rotated.active.key_id == upcoming
    assert keys.active.key_id in {each["kid"] for each in rotated.keys}
    assert values == OTHERS

    # Who starts now has them; and two rotations are not done at once.
    code, shown = rotate(production(moto, name))
    assert code == 1
    assert "The next key is not known everywhere yet." in shown
    assert rotate(production(moto, name), "--force")[0] == 0
    assert len(moto.client.describe_secret(SecretId=name)["VersionIdsToStages"]) == 3


def test_keys_that_were_text_stay_text(moto: SecretsManager, keys: KeySet) -> None:
    name = moto.make(OTHERS | {"SIGNING_KEYS": keys.to_json()})
    assert rotate(production(moto, name))[0] == 0
    assert KeySet.from_json(stored(moto, name)["SIGNING_KEYS"]).active


def test_a_variable_that_hides_the_secret_is_printed(moto: SecretsManager, keys: KeySet) -> None:
    values = OTHERS | {"SIGNING_KEYS": json.loads(keys.to_json())}
    name = moto.make(values)
    done = python(
        "manage.py",
        "rotate_signing_key",
        **production(moto, name, SIGNING_KEYS=KeySet.generate().to_json()),
    )
    assert KeySet.from_json(done.stdout).active.key_id not in {each["kid"] for each in keys.keys}
    assert stored(moto, name) == values


def source(name: str) -> Source:
    return Source.named_by("ECOM_SECRET_ID", name)


def refused(secret: Secret) -> str:
    with pytest.raises(SecretError) as raised:
        write(secret, {"a": "hunter2"})
    assert "hunter2" not in str(raised.value)
    return str(raised.value)


def test_changed_since_it_was_read(secrets: SecretsManager) -> None:
    name = secrets.make({"a": 1})
    secret = read(source(name))
    secrets.change(name, {"a": 2})
    assert refused(secret) == (
        f"ECOM_SECRET_ID: the secret {name} in eu-central-1 cannot be written by "
        "secretsmanager:PutSecretValue, since somebody else has changed it just now: start again."
    )
    assert stored(secrets, name) == {"a": 2}


def test_of_two_at_one_moment_one_is_done(
    secrets: SecretsManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the secret unchanged; AWS takes the first."""
    name = secrets.make({"a": 1})
    secret = read(source(name))
    monkeypatch.setattr("ecom.secrets.writing.read", lambda source: secret)
    write(secret, {"a": 2})
    assert "somebody else has changed it just now" in refused(secret)
    assert stored(secrets, name) == {"a": 2}


def test_the_same_again_is_one_version(
    secrets: SecretsManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As boto3 sends it, where the first answer was lost."""
    name = secrets.make({"a": 1})
    secret = read(source(name))
    monkeypatch.setattr("ecom.secrets.writing.read", lambda source: secret)
    write(secret, {"a": 2})
    write(secret, {"a": 2})
    assert len(secrets.client.describe_secret(SecretId=name)["VersionIdsToStages"]) == 2


@pytest.mark.parametrize(
    ("code", "message", "parts"),
    [
        (
            "AccessDeniedException",
            f"User: {TASK} is not authorized to perform: secretsmanager:PutSecretValue on "
            "resource: shop/accounts because no identity-based policy allows the "
            "secretsmanager:PutSecretValue action",
            [f"{TASK} may not call secretsmanager:PutSecretValue", "the policy of that role"],
        ),
        (
            "AccessDeniedException",
            "denied",
            ["allow the role secretsmanager:PutSecretValue on arn:aws:secretsmanager:"],
        ),
        ("AccessDeniedException", "Access to KMS is not allowed", ["kms:GenerateDataKey on"]),
        ("EncryptionFailure", "", ["its KMS key cannot encrypt it"]),
        ("ResourceExistsException", "", ["somebody else has changed it just now"]),
    ],
)
def test_refused(ask_at: AskAt, code: str, message: str, parts: list[str]) -> None:
    answer = {"ARN": "arn:1", "VersionId": "1", "SecretString": "{}"}
    with answering((200, json.dumps(answer)), refusal(code, message)) as server:
        ask_at(server.url)
        text = refused(Secret(source("shop/accounts"), "arn:1", None, "1", {}))
    for part in [*parts, "cannot be written by secretsmanager:PutSecretValue, since"]:
        assert part in text
