"""Which of environment, secret and default a setting comes from."""

import time
from pathlib import Path

import pytest

from tests.ecom.secrets.aws import CREDENTIALS, ENDPOINT, REGION, SecretsManager, black_hole
from tests.ecom.secrets.process import failure, python, settings_of

KEY = "$x" * 25  # which django-environ would take for the name of a variable
PASSWORD = "p@ss:/?#[]%40 \"'\\$ü"


@pytest.fixture
def production(moto: SecretsManager) -> dict[str, str]:
    secret = moto.make({"SECRET_KEY": KEY})
    database = moto.make({"username": "shop", "password": PASSWORD})
    return moto.variables | {
        "BASE_URL": "https://shop.example.com",
        "ECOM_SECRET_ID": secret,
        "ECOM_DATABASE_SECRET_ID": database,
        "DATABASE_URL": "postgresql://db.example.com:5433/shop?sslmode=require",
    }


def test_from_the_secret(production: dict[str, str], moto: SecretsManager) -> None:
    production["ECOM_SECRET_ID"] = moto.make(
        {
            "SECRET_KEY": KEY,
            "SIGNING_KEYS": {"keys": []},
            "ALLOWED_HOSTS": ["shop.example.com", "shop.internal"],
            "TRUSTED_PROXIES": 1,
            "HTTPS": False,
            "TOKEN_ISSUER": None,
        }
    )
    expected = {
        "SECRET_KEY": KEY,
        "SIGNING_KEYS": '{"keys": []}',
        "ALLOWED_HOSTS": ["shop.example.com", "shop.internal"],
        "TRUSTED_PROXIES": 1,
        "HTTPS": False,
        "TOKEN_ISSUER": "little-ecom",
    }
    assert settings_of(*expected, **production)[0] == expected


def test_the_environment_wins(production: dict[str, str]) -> None:
    found, _ = settings_of("SECRET_KEY", **production, SECRET_KEY="own")
    assert found["SECRET_KEY"] == "own"


def test_an_empty_variable_does_not_win(production: dict[str, str]) -> None:
    found, _ = settings_of("SECRET_KEY", **production, SECRET_KEY="")
    assert found["SECRET_KEY"] == KEY


def test_in_development_too(production: dict[str, str], tmp_path: Path) -> None:
    found, _ = settings_of(
        "SECRET_KEY", **production, ECOM_ENV="development", ECOM_DATA_DIR=str(tmp_path)
    )
    assert found["SECRET_KEY"] == KEY


def test_password_of_any_characters(production: dict[str, str]) -> None:
    found, _ = settings_of("DATABASES", **production)
    database = found["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.com",
        5433,
        "shop",
    )
    assert (database["USER"], database["PASSWORD"]) == ("", "")
    assert PASSWORD not in str(database)


def test_missing_key(production: dict[str, str], moto: SecretsManager) -> None:
    production["ECOM_SECRET_ID"] = moto.make({"SECERT_KEY": KEY, "DEBUG": "false"})
    assert failure("manage.py", "check", variables=production).startswith(
        "Error: SECRET_KEY is not set, nor among the keys of "
        f"{production['ECOM_SECRET_ID']} (DEBUG, SECERT_KEY)."
    )


@pytest.mark.parametrize("variable", ["ECOM_SECRET_ID", "ECOM_DATABASE_SECRET_ID"])
@pytest.mark.parametrize("command", [["check"], ["check", "--deploy"], ["prune"]])
def test_manage_says_it_in_one_line(
    production: dict[str, str], variable: str, command: list[str]
) -> None:
    [line] = failure(
        "manage.py", *command, variables=production | {variable: "no/such"}
    ).splitlines()
    assert line.startswith(f"Error: {variable}: the secret no/such in {REGION} cannot be read")


def test_no_value_in_a_traceback(production: dict[str, str], moto: SecretsManager) -> None:
    """As in the log of a server that does not start."""
    production["ECOM_SECRET_ID"] = moto.make(f'{{"SECRET_KEY": "{KEY}"')
    shown = failure("-c", "import ecom.wsgi", variables=production)
    assert "since it is not JSON" in shown.splitlines()[-1]
    assert KEY not in shown


def test_unreadable_value(production: dict[str, str], moto: SecretsManager) -> None:
    production["ECOM_SECRET_ID"] = moto.make({"SECRET_KEY": KEY, "TRUSTED_PROXIES": "hunter2"})
    shown = failure("-c", "import ecom.wsgi", variables=production)
    assert "TRUSTED_PROXIES cannot be read: give a whole number." in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("command", [["check", "--deploy"], ["migrate"], ["check_secrets"]])
def test_black_hole(production: dict[str, str], command: list[str]) -> None:
    """A start fails in bounded time, though Django loads the settings more than once."""
    with black_hole() as url:
        production |= {ENDPOINT: url}
        production.pop("ECOM_DATABASE_SECRET_ID")
        began = time.monotonic()
        done = python("manage.py", *command, **production)
        assert time.monotonic() - began < 15
    assert done.returncode == 1
    assert "did not accept a connection" in done.stdout + done.stderr


def test_never_called_without_an_id(tmp_path: Path) -> None:
    variables = CREDENTIALS | {"ECOM_ENV": "development", "ECOM_DATA_DIR": str(tmp_path)}
    for shape in ("monolith", "accounts", "catalog"):
        module = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{shape}"}
        _, imported = settings_of("DATABASES", **variables, **module)
        assert not imported
    found, imported = settings_of("DATABASES", **variables, DATABASE_URL="postgresql://u:p@h/n")
    assert found["DATABASES"]["default"]["PASSWORD"] == "p"
    assert not imported


def test_boto3_is_imported_with_an_id(production: dict[str, str]) -> None:
    """Or the test before proves nothing."""
    assert settings_of("SECRET_KEY", **production)[1]


def test_answers_of_aws_are_not_logged(production: dict[str, str]) -> None:
    """botocore writes them at DEBUG, with what they hold."""
    read_again = """
import django, logging
django.setup()
from ecom.secrets import reading
from ecom.settings.shared import secret
assert logging.getLogger("ecom.x").isEnabledFor(logging.DEBUG)
reading.read(secret.source)
"""
    done = python("-c", read_again, **production, LOG_LEVEL="DEBUG", LOG_FORMAT="text")
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stderr
    assert "SecretString" not in done.stderr
