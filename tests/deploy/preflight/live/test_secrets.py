"""Secrets that are there. None of their values may ever be seen."""

import json
from dataclasses import astuple

import pytest

from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.preflight.live.account import REFUSED, Asked, of

VALUE = "hunter2-is-no-secret"
OTHER = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gone-AbCdEf"
TEMPLATE = """
Parameters:
  Open: {Type: String}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: nginx:1.27
          Memory: 256
          Secrets: [{Name: PASSWORD, ValueFrom: FROM}]
"""
OWN = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: nginx:1.27
          Memory: 256
          Environment:
            - {Name: DJANGO_SETTINGS_MODULE, Value: ecom.settings.shop}
            - {Name: ECOM_DATABASE_SECRET_ID, Value: "FROM"}
"""
NAMED = """
Resources:
  Secret: {Type: "AWS::SecretsManager::Secret", Properties: {Name: FROM}}
"""
IDS = ("K01", "K02", "K03", "K05", "K08", "K10")


def template(value: str, text: str = TEMPLATE) -> str:
    return text.replace("FROM", value)


def secret(amazon: Amazon, value: object, name: str = "shop") -> str:
    client = amazon.client("secretsmanager")
    text = value if isinstance(value, str) else json.dumps(value)
    return str(client.create_secret(Name=name, SecretString=text)["ARN"])


def test_good(asked: Asked, amazon: Amazon) -> None:
    arn = secret(amazon, {"password": VALUE})
    assert not of(asked(template(f'"{arn}:password::"')), *IDS)
    assert not of(asked(template(arn)), *IDS)


def test_no_such_key(asked: Asked, amazon: Amazon) -> None:
    arn = secret(amazon, {"user": "shop", "passwd": VALUE})
    found = asked(template(f'"{arn}:password::"'))
    [told] = of(found, *IDS)
    assert (told.severity, told.id, told.resource) == ("error", "K02", "Task")
    assert told.property == "ContainerDefinitions.0.Secrets.0.ValueFrom"
    assert told.why[1] == "It has the keys: passwd, user."
    assert VALUE not in str([astuple(each) for each in found])


@pytest.mark.parametrize("value", [VALUE, json.dumps([VALUE]), json.dumps(VALUE), "{" + VALUE])
def test_no_json(asked: Asked, amazon: Amazon, value: str) -> None:
    arn = secret(amazon, value)
    found = asked(template(f'"{arn}:password::"'))
    [told] = of(found, *IDS)
    assert (told.severity, told.id) == ("error", "K03")
    assert VALUE not in str([astuple(each) for each in found])
    assert not of(asked(template(arn)), *IDS)


def test_no_such_secret(asked: Asked) -> None:
    [told] = of(asked(template(f'"{OTHER}:password::"')), *IDS)
    assert (told.severity, told.id) == ("error", "K01")
    assert told.why[1] == "eu-central-1 has no such secret."


def test_scheduled_for_deletion(asked: Asked, amazon: Amazon) -> None:
    arn = secret(amazon, {"password": VALUE})
    amazon.client("secretsmanager").delete_secret(SecretId=arn)
    [told] = of(asked(template(f'"{arn}:password::"')), *IDS)
    assert (told.id, told.why[1]) == ("K01", "It is scheduled for deletion.")
    [told] = of(asked(template("shop", NAMED)), *IDS)
    assert (told.severity, told.id, told.resource) == ("error", "K08", "Secret")
    assert told.property == "Name"


def test_name_that_is_free_or_in_use(asked: Asked, amazon: Amazon) -> None:
    assert not of(asked(template("shop", NAMED)), *IDS)
    secret(amazon, {})
    assert not of(asked(template("shop", NAMED)), *IDS)


@pytest.mark.parametrize(
    "value",
    ["!Ref Open", OTHER.replace(REGION, "us-east-1"), OTHER.replace(ACCOUNT, "999999999999")],
)
def test_what_this_account_does_not_decide(asked: Asked, value: str) -> None:
    assert not of(asked(template(value)), *IDS)


def test_only_keys_are_reason_to_read(asked: Asked, amazon: Amazon) -> None:
    arn = secret(amazon, {"password": VALUE})
    asked(template(arn))
    assert not amazon.requests_of("GetSecretValue")


@pytest.mark.parametrize("value", ["/shop/password", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/x"])
def test_no_parameter(asked: Asked, value: str) -> None:
    [told] = of(asked(template(f'"{value}"')), *IDS)
    assert (told.severity, told.id) == ("error", "K05")
    assert told.why[1] == "eu-central-1 has none of that name."


def test_parameter(asked: Asked, amazon: Amazon) -> None:
    for name in ("/shop/password", "plain"):
        amazon.client("ssm").put_parameter(Name=name, Value=VALUE, Type="SecureString")
    assert not of(asked(template("/shop/password")), *IDS)
    plain = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/plain"
    assert not of(asked(template(f'"{plain}"')), *IDS)


def test_name_of_a_secret(asked: Asked, amazon: Amazon) -> None:
    secret(amazon, {"password": VALUE})
    [told] = of(asked(template("shop")), *IDS)
    assert told.why[1] == "eu-central-1 has none of that name, but a secret."


def test_loader(asked: Asked, amazon: Amazon) -> None:
    arn = secret(amazon, {"username": "shop", "passwd": VALUE})
    found = asked(template(arn, OWN))
    [told] = of(found, *IDS)
    assert (told.severity, told.id, told.resource) == ("error", "K10", "Task")
    assert told.why[1] == "It has no password."
    assert VALUE not in str([astuple(each) for each in found])
    good = secret(amazon, {"username": "shop", "password": VALUE}, "good")
    assert not of(asked(template(good, OWN)), *IDS)


@pytest.mark.parametrize("operation", ["DescribeSecret", "GetSecretValue"])
def test_refused(asked: Asked, amazon: Amazon, operation: str) -> None:
    arn = secret(amazon, {"passwd": VALUE})
    found = asked(template(f'"{arn}:password::"'), {f"secretsmanager.{operation}": REFUSED})
    assert [each.resource for each in of(found, "T05")] == [f"secretsmanager:{operation}"]
    assert bool(of(found, "K02")) == (operation == "DescribeSecret")
