import pytest

from deploy.ecs.progress import Progress

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/accounts-AbCdEf"


def test_lines_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """No markup and no emoji is made of them: each ARN of a secret has :secret: in it."""
    progress = Progress()
    progress.say(f"Written to {ARN} [bold]")
    progress.service("accounts", f"[red] {ARN}")
    assert capsys.readouterr().err == (f"  Written to {ARN} [bold]\n  accounts: [red] {ARN}\n")


def test_step_and_its_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with progress.step("network"):
        progress.ended("unchanged")
    with progress.step("cluster"):
        pass
    read = capsys.readouterr()
    assert read.err.splitlines() == ["network", "network unchanged", "cluster", "cluster done"]
    assert read.out == ""


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Progress(quiet=True).warn("no")
    assert capsys.readouterr().err == ""
