"""Roles that are there: as IAM's simulation answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.diagnose.replay import Answer
from tests.deploy.preflight.live.account import ALLOWED, REFUSED, Asked, of

SIMULATE = "iam.SimulatePrincipalPolicy"
READ, DECRYPT, PASS = "secretsmanager:GetSecretValue", "kms:Decrypt", "iam:PassRole"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
TEMPLATE = """
Parameters:
  Open: {Type: String}
Resources:
  Repository: {Type: "AWS::ECR::Repository"}
  Secret: {Type: "AWS::SecretsManager::Secret", Properties: {Name: shop}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      TaskRoleArn: app
      ExecutionRoleArn: exec
      ContainerDefinitions:
        - Name: web
          Image: !Sub "${AWS::AccountId}.dkr.ecr.eu-central-1.amazonaws.com/${Repository}:1"
          Memory: 256
          Environment: [{Name: SECRET, Value: !Ref Secret}]
          Secrets: [{Name: PASSWORD, ValueFrom: !Ref Secret}]
"""
RESOURCE_POLICY = """
  Policy:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties: {SecretId: !Ref Secret, ResourcePolicy: {Statement: []}}
"""
TRUST = {"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
IDS = ("A02", "A03", "A04", "A05", "A10", "I02")


@pytest.fixture(autouse=True)
def roles(amazon: Amazon) -> None:
    for name in ("app", "exec"):
        role(amazon, name, TRUST)


def role(amazon: Amazon, name: str, trust: Mapping[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", **trust})
    amazon.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)


def refusing(*actions: str, decision: str = "implicitDeny", **more: Any) -> dict[str, Answer]:
    def simulate(request: Mapping[str, Any]) -> Mapping[str, Any]:
        [action] = request["ActionNames"]
        found = decision if action in actions else "allowed"
        return {"EvaluationResults": [{"EvalActionName": action, "EvalDecision": found, **more}]}

    return {SIMULATE: simulate}


def test_all_allowed(asked: Asked) -> None:
    assert not of(asked(TEMPLATE, refusing()), *IDS)


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_reading(asked: Asked, decision: str) -> None:
    found = of(asked(TEMPLATE, refusing(READ, decision=decision)), *IDS)
    told = {each.id: (each.severity, each.resource, each.property) for each in found}
    assert told == {
        "A02": ("error", "Task", "TaskRoleArn"),
        "A03": ("error", "Task", "ContainerDefinitions.0.Secrets.0.ValueFrom"),
    }
    assert found[0].why[1].startswith("The application reads it as app, which may not secrets")


def test_secret_with_a_policy_of_its_own(asked: Asked) -> None:
    template = TEMPLATE + RESOURCE_POLICY
    assert not of(asked(template, refusing(READ)), *IDS)
    assert of(asked(template, refusing(READ, decision="explicitDeny")), "A02")


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_condition_that_nobody_tells(asked: Asked, decision: str) -> None:
    answers = refusing(READ, decision=decision, MissingContextValues=["aws:SourceVpce"])
    assert not of(asked(TEMPLATE, answers), *IDS)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [("arn:aws:iam::123456789012:role/other", ["A03"]), ("ROLE", []), ("*", [])],
)
def test_policy_of_an_existing_secret(
    asked: Asked, amazon: Amazon, principal: str, expected: list[str]
) -> None:
    arn = amazon.client("secretsmanager").create_secret(Name="old", SecretString="x")["ARN"]
    named = principal.replace("ROLE", f"arn:aws:iam::{ACCOUNT}:role/exec")
    statement = {"Effect": "Allow", "Principal": {"AWS": named}, "Action": READ, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    amazon.client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=policy)
    template = TEMPLATE.replace("ValueFrom: !Ref Secret", f"ValueFrom: {arn}")
    found = of(asked(template, refusing(READ)), "A03")
    assert [each.id for each in found] == expected


def key_policy(principal: str) -> dict[str, Answer]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*"}
    return {"kms.GetKeyPolicy": {"Policy": json.dumps({"Statement": [statement]})}}


ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("refused", "principal", "expected"),
    [
        ((DECRYPT,), ROOT, ["error"]),
        ((DECRYPT,), f"arn:aws:iam::{ACCOUNT}:role/exec", []),
        ((), ROOT, []),
        ((), f"arn:aws:iam::{ACCOUNT}:role/other", ["error"]),
    ],
)
def test_key(asked: Asked, refused: tuple[str, ...], principal: str, expected: list[str]) -> None:
    template = TEMPLATE.replace("Name: shop", f'Name: shop, KmsKeyId: "{KEY}"')
    found = of(asked(template, refusing(*refused) | key_policy(principal)), "A04")
    assert [each.severity for each in found] == expected
    for each in found:
        assert each.why[1] == "exec may not kms:Decrypt with the key that encrypts it."


def test_key_that_may_not_be_asked(asked: Asked) -> None:
    template = TEMPLATE.replace("Name: shop", f'Name: shop, KmsKeyId: "{KEY}"')
    found = asked(template, refusing(DECRYPT) | {"kms.GetKeyPolicy": REFUSED})
    assert not of(found, "A04")
    assert [each.resource for each in of(found, "T05")] == ["kms:GetKeyPolicy"]


def test_pulling(asked: Asked) -> None:
    [found] = of(asked(TEMPLATE, refusing("ecr:BatchGetImage")), "I02")
    assert (found.severity, found.property) == ("error", "ExecutionRoleArn")
    assert found.why[1] == "exec may not ecr:BatchGetImage."


def test_pulling_by_the_policy_of_the_repository(asked: Asked) -> None:
    policy = '{Type: "AWS::ECR::Repository", Properties: {RepositoryPolicyText: {}}}'
    template = TEMPLATE.replace('{Type: "AWS::ECR::Repository"}', policy)
    assert not of(asked(template, refusing("ecr:BatchGetImage")), "I02")
    assert of(asked(template, refusing("ecr:GetAuthorizationToken")), "I02")


def test_trust(asked: Asked, amazon: Amazon) -> None:
    role(amazon, "lambda", {"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}}]})
    [found] = of(asked(TEMPLATE.replace("TaskRoleArn: app", "TaskRoleArn: lambda")), "A05")
    assert (found.severity, found.resource, found.property) == ("error", "Task", "TaskRoleArn")
    assert found.why[1] == "Its trust policy does not name ecs-tasks.amazonaws.com."


def test_no_role(asked: Asked) -> None:
    [found] = of(asked(TEMPLATE.replace("RoleArn: exec", "RoleArn: gone"), refusing(READ)), "A05")
    assert found.why[1] == "The account has no role of that name."


def test_role_that_the_template_may_make(asked: Asked) -> None:
    made = "  App: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Ref Open}}"
    assert not of(asked(TEMPLATE.replace("RoleArn: exec", "RoleArn: gone") + made), "A05")


@pytest.mark.parametrize("written", ["!Ref Open", "arn:aws:iam::999999999999:role/app"])
def test_roles_that_this_account_does_not_decide(asked: Asked, written: str) -> None:
    template = TEMPLATE.replace("Arn: app", f"Arn: {written}")
    template = template.replace("Arn: exec", "Arn: !Ref Open")
    assert not of(asked(template, refusing(READ, "ecr:BatchGetImage")), *IDS)


def test_role_that_may_not_be_looked_at(asked: Asked) -> None:
    """By its ARN it can be asked about all the same."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/app"
    template = TEMPLATE.replace("TaskRoleArn: app", f"TaskRoleArn: {arn}")
    found = asked(template, refusing(READ) | {"iam.GetRole": "AccessDenied"})
    assert [each.id for each in of(found, *IDS)] == ["A02"]
    assert [each.resource for each in of(found, "T05")] == ["iam:GetRole"]


def test_simulation_refused(asked: Asked) -> None:
    found = asked(TEMPLATE, {SIMULATE: "AccessDenied"})
    assert not of(found, *IDS)
    [told] = of(found, "T05")
    assert told.resource == "iam:SimulatePrincipalPolicy"
    assert told.severity == "note"
    assert "may not ask" in told.why[0]


def test_passing(asked: Asked) -> None:
    found = of(asked(TEMPLATE, refusing(PASS)), "A10")
    assert [each.property for each in found] == ["TaskRoleArn", "ExecutionRoleArn"]
    assert found[1].severity == "warning"
    assert found[1].why[1] == f"arn:aws:iam::{ACCOUNT}:user/ann may not iam:PassRole on exec."


def test_passing_a_role_of_the_template(asked: Asked) -> None:
    """By an ARN like the one that it will have."""
    own = "  App: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {}}}"
    template = TEMPLATE.replace("TaskRoleArn: app", "TaskRoleArn: !GetAtt App.Arn") + own
    seen: list[str] = []

    def simulate(request: Mapping[str, Any]) -> Mapping[str, Any]:
        seen.extend(request["ResourceArns"])
        return ALLOWED

    asked(template, {SIMULATE: simulate})
    assert f"arn:aws:iam::{ACCOUNT}:role/shop-App-ABCDEFGHIJKL" in seen


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", 0),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/ann", 0),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/app/ann", 2),
    ],
)
def test_who_asks(asked: Asked, caller: str, expected: int) -> None:
    identity = {"sts.GetCallerIdentity": {"Account": ACCOUNT, "Arn": caller}}
    assert len(of(asked(TEMPLATE, refusing(PASS) | identity), "A10")) == expected


def test_service_role(asked: Asked, amazon: Amazon) -> None:
    template = "Resources: {Cluster: {Type: 'AWS::ECS::Cluster'}}"
    [found] = of(asked(template), "A09")
    assert (found.severity, found.resource) == ("warning", "Cluster")
    assert "aws iam create-service-linked-role" in found.cure
    assert not of(asked(template, {"iam.GetRole": "AccessDenied"}), "A09")
    role(amazon, "AWSServiceRoleForECS", TRUST)
    assert not of(asked(template), "A09")


def test_service_role_of_the_template(asked: Asked) -> None:
    makes = "Linked: {Type: 'AWS::IAM::ServiceLinkedRole'}"
    template = f"Resources: {{Cluster: {{Type: 'AWS::ECS::Cluster'}}, {makes}}}"
    assert not of(asked(template), "A09")
