"""preflight as a command: it asks nobody."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.cli.main import main
from deploy.ecs.configuration.text import deployment_text
from tests.deploy.preflight.corpus.bases import BASES

Preflight = Callable[..., tuple[int, str, str]]
GOOD = BASES["fargate-endpoints"]
BAD = GOOD.replace("HealthCheckTimeoutSeconds: 5", "HealthCheckTimeoutSeconds: 15")
KEYS = ["id", "severity", "resource", "property", "message", "why", "cure", "file", "line"]
NETWORK = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-vpc"}}
"""
GROUP = """
Parameters:
  Port: {Type: Number}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !ImportValue net-vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port}]
"""


@pytest.fixture
def preflight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Preflight:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            main(["preflight", *arguments])
            code: Any = 0
        except SystemExit as ended:
            code = ended.code
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.yaml").write_text(text)


def test_good(preflight: Preflight) -> None:
    write(shop=GOOD)
    code, out, _ = preflight("--template", "shop.yaml", "--region", "eu-central-1")
    assert code == 0
    assert "0 errors, 0 warnings, " in out
    assert "in 50 resources of 1 stack." in out


def test_bad(preflight: Preflight) -> None:
    write(shop=BAD)
    line = 1 + BAD.splitlines().index("      HealthCheckTimeoutSeconds: 15")
    code, out, _ = preflight("--template", "shop.yaml")
    assert code == 1
    assert f"error B17 shop/Targets.HealthCheckTimeoutSeconds shop.yaml:{line}" in out
    assert "15 seconds" in out
    assert "\n  AWS: " in out
    assert "\n  Cure: " in out


def test_json(preflight: Preflight) -> None:
    write(shop=BAD)
    code, out, _ = preflight("--template", "shop.yaml", "--format", "json")
    told = json.loads(out)
    assert code == 1
    assert [list(each) for each in told] == [KEYS] * len(told)
    assert [each["id"] for each in told if each["severity"] == "error"] == ["B17"]
    assert told[0]["file"] == "shop.yaml"


def test_several_see_each_other(preflight: Preflight) -> None:
    write(network=NETWORK, group=GROUP)
    Path("group.json").write_text(json.dumps([{"ParameterKey": "Port", "ParameterValue": "8000"}]))
    stacks = ["--template", "network.yaml", "--stack-name", "net"]
    stacks += ["--template", "group.yaml", "--parameters", "group.json"]
    code, out, _ = preflight(*stacks)
    assert code == 0
    assert "warning X02 group/Group.SecurityGroupIngress.0 " in out
    assert "Import" not in out
    assert "T02" not in out


def test_parameter_for_who_declares_it(preflight: Preflight) -> None:
    write(network=NETWORK, group=GROUP)
    given = ["--template", "network.yaml", "--template", "group.yaml"]
    assert "T02" in preflight(*given)[1]
    assert "T02" not in preflight(*given, "--parameter", "Port=8000")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--parameters a.json", "--parameters belongs behind the --template that it is for."),
        ("--stack-name a", "--stack-name belongs behind the --template that it is for."),
        ("--template shop.yaml --stack-name a --stack-name b", "shop.yaml has two --stack-name."),
        ("--template shop.yaml --parameter Tag", "Tag is not of the form KEY=VALUE."),
        ("--template shop.yaml --parameter Tga=1", "No template has a parameter Tga."),
        ("--parameter Tag=1", "--parameter is for templates that --template names."),
    ],
)
def test_wrong_options(preflight: Preflight, arguments: str, sentence: str) -> None:
    write(shop=GOOD)
    code, _, err = preflight(*arguments.split())
    assert code == 2
    assert sentence in err


def test_what_is_no_template(preflight: Preflight) -> None:
    """The others are checked all the same."""
    write(shop=BAD, broken="{ nope", other="a: b")
    files = ["broken.yaml", "other.yaml", "gone.yaml", "shop.yaml"]
    code, out, _ = preflight(*(word for each in files for word in ("--template", each)))
    assert code == 1
    assert "error T01 broken.yaml" in out
    assert "It is no CloudFormation template: it has no Resources." in out
    assert "It cannot be read: No such file or directory." in out
    assert "error B17" in out


def test_types_and_macros(preflight: Preflight) -> None:
    write(
        shop="""
Transform: AWS::Serverless-2016-10-31
Resources:
  Service: {Type: "AWS::ECS::Servise"}
  Own: {Type: "Custom::Thing"}
"""
    )
    code, out, _ = preflight("--template", "shop.yaml")
    assert code == 0
    assert "warning T03 shop/Service.Type" in out
    assert "Did you mean AWS::ECS::Service?" in out
    assert "Not expanded: the macro AWS::Serverless-2016-10-31." in out
    assert "1 warning, 1 note" in out


def test_nested(preflight: Preflight) -> None:
    write(
        shop="""
Resources:
  Group: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: ./group.yaml}}
""",
        group=GROUP.replace("!ImportValue net-vpc", "vpc-1").replace("!Ref Port", "1"),
    )
    code, out, _ = preflight("--template", "shop.yaml")
    assert code == 0
    assert "warning X02 shop/Group/Group.SecurityGroupIngress.0 group.yaml:" in out


def test_no_deployment(preflight: Preflight) -> None:
    code, _, err = preflight()
    assert code == 1
    assert "There is no deployment.toml." in err


@pytest.mark.parametrize("preset", ["free-tier", "private", "fargate"])
def test_own(preflight: Preflight, preset: str) -> None:
    """As init writes it."""
    text = deployment_text(preset=preset, region="eu-central-1")
    Path("deployment.toml").write_text(text)
    code, out, _ = preflight()
    assert code == 0
    assert "0 errors, 0 warnings, " in out


def test_own_fault(preflight: Preflight) -> None:
    text = deployment_text(preset="private", region="eu-central-1")
    wanted = text.replace("[services.accounts]", "[services.accounts]\nmin_tasks = 8")
    Path("deployment.toml").write_text(wanted)
    code, out, _ = preflight("--format", "json")
    assert code == 1
    assert {each["id"] for each in json.loads(out) if each["severity"] == "error"} == {"P03"}
