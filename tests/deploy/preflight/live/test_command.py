"""preflight --live, as a command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.cli.main import main
from deploy.ecs.configuration.text import deployment_text
from tests.deploy.amazon import ACCOUNT, REGION, Amazon, RefusedError, Request
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.preflight.live.test_secrets import TEMPLATE, VALUE, secret

Preflight = Callable[..., tuple[int, str, str]]
KEYS = ["id", "severity", "resource", "property", "message", "why", "cure", "file", "line"]
ASKED = f"Asked account {ACCOUNT} in {REGION}."


def refuse(_: Request) -> Request:
    raise RefusedError("AccessDenied", "User: ann is not authorized", 403)


@pytest.fixture
def preflight(
    amazon: Amazon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Preflight:
    monkeypatch.chdir(tmp_path)
    amazon.answers["SimulatePrincipalPolicy"] = refuse  # which moto does not know

    def run(*arguments: str) -> tuple[int, str, str]:
        code: Any = 0
        try:
            main(["preflight", *arguments])
        except SystemExit as ended:
            code = ended.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def shop(amazon: Amazon, tmp_path: Path) -> Path:
    arn = secret(amazon, {"passwd": VALUE})
    path = tmp_path / "shop.yaml"
    path.write_text(TEMPLATE.replace("FROM", f'"{arn}:password::"'))
    return path


def test_text(preflight: Preflight, shop: Path) -> None:
    code, out, err = preflight("--live", "--template", str(shop), "--region", REGION)
    assert code == 1
    assert out.startswith(f"{ASKED}\n")
    assert "error K02 shop/Task.ContainerDefinitions.0.Secrets.0.ValueFrom shop.yaml:" in out
    assert f"Ask account {ACCOUNT} in {REGION} done" in err
    assert VALUE not in out + err


def test_json(preflight: Preflight, shop: Path) -> None:
    given = ["--live", "--template", str(shop), "--region", REGION, "--format", "json"]
    code, out, err = preflight(*given)
    told = json.loads(out)
    assert code == 1
    assert [list(each) for each in told] == [KEYS] * len(told)
    assert "K02" in {each["id"] for each in told}
    assert VALUE not in out + err


def test_without(preflight: Preflight, shop: Path, amazon: Amazon) -> None:
    _, out, _ = preflight("--template", str(shop), "--region", REGION)
    assert ASKED not in out
    assert "K02" not in out
    assert not amazon.front.asked


def test_region_of_the_configuration(
    preflight: Preflight, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = preflight("--live", "--template", str(shop))
    assert code == 1
    assert "No region is given." in err
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert ASKED in preflight("--live", "--template", str(shop))[1]


def test_no_credentials(preflight: Preflight, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, out, err = preflight("--live", "--template", str(shop), "--region", REGION)
    assert (code, out) == (1, "")
    assert "There are no credentials of AWS." in err
    assert "aws sso login" in err


def test_no_such_profile(preflight: Preflight, shop: Path) -> None:
    given = ["--live", "--template", str(shop), "--region", REGION, "--profile", "gone"]
    assert "aws configure list-profiles" in preflight(*given)[2]


def test_what_may_not_be_asked(preflight: Preflight, shop: Path) -> None:
    shop.write_text(BASES["fargate-endpoints"])
    _, out, _ = preflight("--live", "--template", str(shop), "--region", REGION)
    assert "note T05 iam:SimulatePrincipalPolicy These credentials may not ask" in out
    assert "warning A09" in out


@pytest.mark.parametrize("preset", ["free-tier", "private", "fargate"])
def test_own(preflight: Preflight, amazon: Amazon, preset: str) -> None:
    """Of an account without anything but ECS's own role."""
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam = amazon.client("iam")
    iam.create_role(RoleName="AWSServiceRoleForECS", AssumeRolePolicyDocument=document)
    Path("deployment.toml").write_text(deployment_text(preset=preset, region=REGION))
    code, out, _ = preflight("--live")
    assert ASKED in out
    assert "0 errors, 0 warnings, " in out
    assert code == 0
