"""Each failure is one sentence with its cause and cure, within a bounded time."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from ecom.secrets import reading, unanswered
from ecom.secrets.source import SecretError, Source
from tests.documentdb_server.certificates import self_signed
from tests.ecom.secrets.aws import (
    SecretsManager,
    answering,
    black_hole,
    refusal,
    refused,
    silent,
    speaking_tls,
)
from tests.ecom.secrets.conftest import AskAt

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/accounts-AbCdEf"
TASK = "arn:aws:sts::123456789012:assumed-role/shop-task/0123abcd"
INSTANCE = "arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-0123abcd4567ef890"
NOT_AUTHORIZED = (
    "User: {who} is not authorized to perform: secretsmanager:GetSecretValue on resource: "
    "shop/accounts {why}"
)
VALUE = "hunter2"


def sentence(secret_id: str = "shop/accounts") -> str:
    """What reading the secret fails with, which names the setting, the secret and the region."""
    with pytest.raises(SecretError) as raised:
        reading.read_once("ECOM_SECRET_ID", secret_id)
    text = str(raised.value)
    assert text.startswith(f"ECOM_SECRET_ID: the secret {secret_id} in eu-central-1 cannot be ")
    assert text.endswith(".")
    assert text.count(". ") == 0
    assert VALUE not in text
    return text


def no_policy(kind: str) -> str:
    return f"because no {kind} policy allows the secretsmanager:GetSecretValue action"


@pytest.mark.parametrize(
    ("code", "message", "parts"),
    [
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(who=TASK, why=no_policy("identity-based")),
            [
                f"{TASK} may not call secretsmanager:GetSecretValue",
                "no identity-based policy allows",
                "add it to the policy of that role",
                "arn:aws:secretsmanager:eu-central-1:*:secret:shop/accounts-??????",
            ],
        ),
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(who=INSTANCE, why=no_policy("identity-based")),
            ["ecsInstanceRole is the role of the EC2 instance", "taskRoleArn"],
        ),
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(who=TASK, why=no_policy("resource-based")),
            ["change the policy of the secret"],
        ),
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(who=TASK, why=no_policy("VPC endpoint")),
            ["in the policy of the VPC endpoint"],
        ),
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(
                who=TASK, why="with an explicit deny in an identity-based policy"
            ),
            ["take the Deny out"],
        ),
        (
            "AccessDeniedException",
            NOT_AUTHORIZED.format(
                who=TASK.replace("shop-task", "KMSReader"), why=no_policy("identity-based")
            ),
            ["KMSReader/0123abcd may not call secretsmanager:GetSecretValue"],
        ),
        (
            "AccessDeniedException",
            "Access to KMS is not allowed",
            ["the role may not call kms:Decrypt on the secret's KMS key", "the policy of the key"],
        ),
        (
            "AccessDeniedException",
            f"User: {TASK} is not authorized to perform: kms:Decrypt on resource: "
            "arn:aws:kms:eu-central-1:123456789012:key/abc because no identity-based policy "
            "allows the kms:Decrypt action",
            [f"{TASK} may not call kms:Decrypt on arn:aws:kms:eu-central-1:123456789012:key/abc"],
        ),
        (
            "DecryptionFailure",
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
            ["its KMS key cannot decrypt it", "cancel its deletion"],
        ),
        (
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
            ["marked for deletion", "restore-secret --secret-id 'shop/accounts'"],
        ),
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            ["no current value", "put-secret-value"],
        ),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            ["have expired", "aws sso login", "the task role is used"],
        ),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            ["AWS does not know the credentials"],
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20260204T205323Z is now earlier than 20260205T141250Z",
            ["signature", "clock"],
        ),
        ("SomethingNewException", "It is so", ["SomethingNewException (It is so)"]),
    ],
)
def test_refusal_of_aws(ask_at: AskAt, code: str, message: str, parts: list[str]) -> None:
    with answering(refusal(code, message)) as server:
        ask_at(server.url)
        text = sentence()
    for part in parts:
        assert part in text
    assert "secretsmanager:GetSecretValue" in text


def test_denied_by_arn(ask_at: AskAt) -> None:
    message = NOT_AUTHORIZED.format(who=TASK, why=no_policy("identity-based"))
    with answering(refusal("AccessDeniedException", message)) as server:
        ask_at(server.url)
        assert f"with {ARN} as the resource" in sentence(ARN)


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (refusal("ThrottlingException", "Rate exceeded"), "AWS throttles"),
        (refusal("InternalServiceError", "", 500), "AWS failed with InternalServiceError"),
        ((503, "<html>"), "AWS failed with"),
    ],
)
def test_failure_that_may_pass(ask_at: AskAt, answer: tuple[int, str], part: str) -> None:
    with answering(answer) as server:
        ask_at(server.url)
        assert part in sentence()
        assert server.asked == 3


def test_failure_that_passes(ask_at: AskAt) -> None:
    found = (200, '{"ARN": "a", "SecretString": "{\\"SECRET_KEY\\": \\"x\\"}"}')
    with answering(refusal("ThrottlingException", "Rate exceeded"), found) as server:
        ask_at(server.url)
        assert reading.read_once("ECOM_SECRET_ID", "shop/accounts").values == {"SECRET_KEY": "x"}


def test_something_else_answers(ask_at: AskAt) -> None:
    with answering((200, "<html>Sign in to the hotel's network</html>")) as server:
        ask_at(server.url)
        assert "what answered is not Secrets Manager" in sentence()


@pytest.mark.parametrize(
    ("url", "proxy", "part"),
    [
        ("https://aws.example", "http://shop:hunter2@{refused}", "the proxy in HTTPS_PROXY"),
        ("https://aws.example", "http://shop:hunter2/x@proxy", "boto3 failed with"),
        ("localhost:1", "", "look where AWS_ENDPOINT_URL"),
    ],
)
def test_own_way_to_aws(
    ask_at: AskAt, monkeypatch: pytest.MonkeyPatch, url: str, proxy: str, part: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(refused=refused().removeprefix("http://")))
    ask_at(url)
    assert part in sentence()


def test_certificate_that_nobody_trusts(ask_at: AskAt, tmp_path: Path) -> None:
    """As of a proxy that opens TLS."""
    with speaking_tls(self_signed(tmp_path)) as url:
        ask_at(url)
        text = sentence()
    assert "is not trusted" in text
    assert "AWS_CA_BUNDLE" in text


def test_not_found(secrets: SecretsManager) -> None:
    text = sentence()
    assert "there is none of that name" in text
    assert "check the name, the region" in text


def test_partial_arn(secrets: SecretsManager) -> None:
    assert "lacks the six characters" in sentence(ARN.removesuffix("-AbCdEf"))
    assert "made anew has other characters" in sentence(ARN)


def test_marked_for_deletion(secrets: SecretsManager) -> None:
    name = secrets.make({"SECRET_KEY": VALUE})
    secrets.client.delete_secret(SecretId=name)
    assert f"restore-secret --secret-id '{name}' --region eu-central-1" in sentence(name)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (VALUE, "it is not JSON"),
        (f'["{VALUE}"]', "it is JSON, but not an object"),
        (VALUE.encode(), "it is binary"),
    ],
)
def test_content(secrets: SecretsManager, value: Any, part: str) -> None:
    name = secrets.make(value)
    with pytest.raises(SecretError) as raised:
        reading.read_once("ECOM_SECRET_ID", name)
    assert part in str(raised.value)
    # Whatever prints the exception, a JSONDecodeError holds the whole text.
    assert raised.value.__cause__ is None
    assert VALUE not in sentence(name)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    text = sentence()
    assert "no AWS credentials" in text
    assert "taskRoleArn" in text
    assert "aws sso login" in text


def test_no_credentials_in_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/abc")
    text = sentence()
    assert "taskRoleArn" in text
    assert "sso" not in text


def test_unknown_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "shop")
    assert "set AWS_PROFILE to one" in sentence()


def test_refused_port(ask_at: AskAt) -> None:
    ask_at(refused())
    text = sentence()
    assert "refuses the connection" in text
    assert "look where AWS_ENDPOINT_URL" in text


def test_name_that_does_not_resolve(ask_at: AskAt) -> None:
    ask_at("https://secretsmanager.eu-central-1.invalid")
    text = sentence()
    assert "the name secretsmanager.eu-central-1.invalid does not resolve" in text
    assert "private DNS" in text


def test_black_hole(ask_at: AskAt) -> None:
    with black_hole() as url:
        ask_at(url)
        began = time.monotonic()
        text = sentence()
        assert time.monotonic() - began < 10
        assert "did not accept a connection within 2 s, 3 times" in text
        for part in ("VPC endpoint", "private DNS", "security group", "NAT"):
            assert part in text
        # Django loads settings that raised once more.
        began = time.monotonic()
        assert sentence() == text
        assert time.monotonic() - began < 1


def test_silence(ask_at: AskAt) -> None:
    with silent() as url:
        ask_at(url)
        began = time.monotonic()
        assert "took the connection and did not answer within 2 s, 3 times" in sentence()
        assert time.monotonic() - began < 10


def test_everything_together_is_bounded(ask_at: AskAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a name has several addresses, and each is tried."""
    source = Source.named_by("ECOM_SECRET_ID", "shop/accounts")
    with silent() as url:
        ask_at(url)
        began = time.monotonic()
        with pytest.raises(SecretError, match=r"did not answer within 0\.5 s: .*VPC endpoint"):
            reading.read(source, within=0.5)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("10.0.1.7", "that is a VPC endpoint, so let its security group accept port 443"),
        ("18.197.0.1", "the subnet has no way out, so give it a NAT gateway"),
    ],
)
def test_whose_address(monkeypatch: pytest.MonkeyPatch, address: str, part: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    assert part in unanswered.way_to("secretsmanager.eu-central-1.amazonaws.com")


def test_two_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(SecretError, match=r"is in eu-central-1, and AWS_REGION is us-east-1"):
        reading.read_once("ECOM_SECRET_ID", ARN)


def test_region_of_the_arn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    assert Source.named_by("ECOM_SECRET_ID", ARN).region == "eu-central-1"


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(SecretError, match="set AWS_REGION"):
        reading.read_once("ECOM_SECRET_ID", "shop/accounts")


@pytest.mark.parametrize(
    ("secret_id", "part"),
    [
        (f"{ARN}:SECRET_KEY::", "an ARN with a key behind it"),
        (f'{{"SECRET_KEY": "{VALUE}"}}', "neither the name nor the ARN"),
        (f"https://{VALUE}", "neither the name nor the ARN"),
    ],
)
def test_what_names_no_secret(secret_id: str, part: str) -> None:
    with pytest.raises(SecretError, match=part) as raised:
        reading.read_once("ECOM_SECRET_ID", secret_id)
    assert VALUE not in str(raised.value)
