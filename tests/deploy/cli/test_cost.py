import json
from pathlib import Path

import pytest

from deploy.ecs.cli.main import main
from deploy.ecs.configuration.text import deployment_text


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = deployment_text(preset="private", region="eu-west-3")
    Path("deployment.toml").write_text(text)


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cost"])
    out = capsys.readouterr().out
    assert "7 interface endpoints in 7 zones" in out.replace("\n", " ")
    # There is no table of that region.
    assert "204.45 USD a month, list prices of eu-central-1, 2026-11" in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cost", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert told["month"] == pytest.approx(sum(each["month"] for each in told["items"]))
    assert (told["currency"], told["region"], told["as_of"]) == ("USD", "eu-central-1", "2026-11")


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cost", "--compare", "--free-tier", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["free-tier", "private", "fargate"]
    main(["cost", "--compare"])
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].split() == ["USD", "a", "month", "free-tier", "private", "fargate"]
    assert [each.split()[0] for each in rows if "204.45" in each] == ["together"]
