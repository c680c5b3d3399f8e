"""manage.py check_secrets and check --deploy: what they say, and no value."""

import pytest
from django.core.checks import CheckMessage

from ecom import checks
from ecom.env import Env
from ecom.keys import KeySet
from ecom.secrets.uses import NEEDED
from ecom.settings import shared
from tests.ecom.secrets.aws import SecretsManager, answering, refusal, refused
from tests.ecom.secrets.conftest import AskAt
from tests.ecom.secrets.process import python
from tests.ecom.test_settings import REQUIRED

KEY = "hunter2" * 8
DATABASE = {"username": "shop", "password": "hunter2", "host": "hunter2.example", "port": 5432}


@pytest.fixture(scope="module")
def signing_keys() -> str:
    return KeySet.generate().to_json()


@pytest.fixture
def variables(moto: SecretsManager, signing_keys: str) -> dict[str, str]:
    return moto.variables | {
        "BASE_URL": "https://shop.example.com",
        "DATABASE_URL": "postgresql:///shop",
        "ECOM_SECRET_ID": moto.make({"SECRET_KEY": KEY, "SIGNING_KEYS": signing_keys}),
        "ECOM_DATABASE_SECRET_ID": moto.make(DATABASE),
    }


def check_secrets(variables: dict[str, str], *options: str) -> tuple[int, str]:
    done = python("manage.py", "check_secrets", *options, **variables)
    shown = done.stdout + done.stderr
    assert "hunter2" not in shown
    assert "Traceback" not in shown
    return done.returncode, shown


def test_complete(variables: dict[str, str], moto: SecretsManager) -> None:
    code, shown = check_secrets(variables)
    lines = [line.strip() for line in shown.splitlines()]
    own, database = (
        lines[: lines.index("ECOM_DATABASE_SECRET_ID")],
        lines[lines.index("ECOM_DATABASE_SECRET_ID") :],
    )
    assert own[0] == "ECOM_SECRET_ID"
    assert f"secret   {moto.arn(variables['ECOM_SECRET_ID'])}" in own
    assert "region   eu-central-1" in own
    assert "read as  arn:aws:sts::123456789012:user/moto" in own
    assert "keys     SECRET_KEY, SIGNING_KEYS" in own
    assert "fills    SECRET_KEY, SIGNING_KEYS" in own
    assert "fills    username, password, host, port" in database
    assert lines[-2:] == ["ecom.settings.accounts", "complete"]
    assert code == 0


def test_names_that_nothing_reads(variables: dict[str, str], moto: SecretsManager) -> None:
    secret = moto.make({"SECRET_KEY": KEY, "SECERT": KEY, "DEBUG": False})
    code, shown = check_secrets(variables | {"ECOM_SECRET_ID": secret, "DEBUG": "false"})
    assert "fills    SECRET_KEY\n" in shown
    assert "hidden   DEBUG, since the environment gives them" in shown
    assert "unused   SECERT, since no setting has that name" in shown
    assert "SIGNING_KEYS is not set" in shown
    assert code == 1


def test_what_is_missing(variables: dict[str, str], moto: SecretsManager) -> None:
    variables |= {"ECOM_SECRET_ID": moto.make({"TOKEN_ISSUER": "shop"}), "BASE_URL": ""}
    code, shown = check_secrets(variables)
    assert "SECRET_KEY is not set, nor among the keys of" in shown
    assert "Missing: SECRET_KEY, SIGNING_KEYS, BASE_URL." in shown
    assert code == 1


def test_what_is_needed() -> None:
    assert {*REQUIRED, "SIGNING_KEYS"} == set(NEEDED)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"DATABASE_URL": ""}, "does not say which database it is for"),
        ({"DATABASE_URL": "postgresql://[::1/shop"}, "DATABASE_URL is no URL"),
        ({"LOG_LEVEL": "hunter2"}, "LOG_LEVEL is no level"),
        ({"LOG_FORMAT": "hunter2"}, "LOG_FORMAT is neither"),
        ({"BASE_URL": "hunter2"}, "BASE_URL is not scheme and host only"),
        ({"EMAIL_URL": "smtp+tls://shop:hunter2/x@mail:587"}, "EMAIL_URL cannot be read"),
        ({"EMAIL_URL": "hunter2://mail"}, "EMAIL_URL cannot be read"),
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY cannot be read"),
    ],
)
def test_settings_that_do_not_load(
    variables: dict[str, str], changes: dict[str, str], part: str
) -> None:
    """Though each secret can be read."""
    code, shown = check_secrets(variables | changes)
    assert part in shown
    assert "complete" not in shown
    assert code == 1


def test_each_failure_is_shown(variables: dict[str, str]) -> None:
    code, shown = check_secrets(
        variables | {"ECOM_SECRET_ID": "no/such", "ECOM_DATABASE_SECRET_ID": "nor/this"}
    )
    assert "ECOM_SECRET_ID: the secret no/such in eu-central-1 cannot be read" in shown
    assert "ECOM_DATABASE_SECRET_ID: the secret nor/this in eu-central-1 cannot be read" in shown
    assert "not loaded, because of the above" in shown
    assert code == 1


def test_secret_of_another_kind(variables: dict[str, str]) -> None:
    variables["ECOM_DATABASE_SECRET_ID"] = variables["ECOM_SECRET_ID"]
    code, shown = check_secrets(variables)
    assert "it has no username and no password (its keys: SECRET_KEY, SIGNING_KEYS)" in shown
    assert code == 1


def test_who_reads_may_be_unknown(variables: dict[str, str]) -> None:
    code, shown = check_secrets(variables | {"AWS_ENDPOINT_URL_STS": refused()})
    assert "read as  unknown: sts:GetCallerIdentity failed" in shown
    assert code == 0


def test_denied(variables: dict[str, str]) -> None:
    with answering(refusal("AccessDeniedException", "Access to KMS is not allowed")) as server:
        code, shown = check_secrets(
            variables | {"AWS_ENDPOINT_URL_SECRETS_MANAGER": server.url}, "--no-color"
        )
    assert shown.count("may not call kms:Decrypt") == 2
    assert code == 1


def test_no_secret(variables: dict[str, str], signing_keys: str) -> None:
    variables |= {"ECOM_SECRET_ID": "", "ECOM_DATABASE_SECRET_ID": ""}
    given = {"SECRET_KEY": "hunter2", "SIGNING_KEYS": signing_keys}
    code, shown = check_secrets(variables | given)
    assert "no secret is read" in shown
    assert code == 0


def test_help_without_settings() -> None:
    code, shown = check_secrets({}, "--help")
    assert "manage.py check_secrets --settings=ecom.settings.accounts" in shown
    assert code == 0


def messages(monkeypatch: pytest.MonkeyPatch, *read: str, **ids: str) -> list[CheckMessage]:
    """Of the check, where the settings have read these names."""
    for variable, secret_id in ids.items():
        monkeypatch.setenv(variable, secret_id)
    env = Env()
    env.read.update(read)
    monkeypatch.setattr(shared, "env", env)
    return checks.check_secrets()


def test_check_of_what_cannot_be_read(monkeypatch: pytest.MonkeyPatch, ask_at: AskAt) -> None:
    ask_at(refused())
    [error] = messages(monkeypatch, ECOM_DATABASE_SECRET_ID="shop/database")
    assert error.id == "ecom.E006"
    assert error.msg.startswith("ECOM_DATABASE_SECRET_ID: the secret shop/database in eu-central-1")


def test_check_of_what_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, secrets: SecretsManager
) -> None:
    [error] = messages(monkeypatch, ECOM_SECRET_ID=secrets.make("hunter2"))
    assert error.id == "ecom.E006"
    assert "hunter2" not in error.msg


def test_check_of_names(monkeypatch: pytest.MonkeyPatch, secrets: SecretsManager) -> None:
    secret = secrets.make({"SIGNING_KEYS": KEY, "SECERT": KEY, "TOKEN_ISSUER": "shop"})
    monkeypatch.setenv("TOKEN_ISSUER", "shop")
    unused, hidden = messages(monkeypatch, "SIGNING_KEYS", "TOKEN_ISSUER", ECOM_SECRET_ID=secret)
    assert (unused.id, hidden.id) == ("ecom.W004", "ecom.W005")
    assert unused.msg.endswith(f"{secret}: SECERT.")
    assert "gives TOKEN_ISSUER itself" in hidden.msg


def test_check_of_a_url_with_a_password(
    monkeypatch: pytest.MonkeyPatch, secrets: SecretsManager
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop:own@host/shop")
    [hidden] = messages(monkeypatch, ECOM_DATABASE_SECRET_ID=secrets.make(DATABASE))
    assert hidden.id == "ecom.W005"
    assert "gives username, password itself" in hidden.msg
