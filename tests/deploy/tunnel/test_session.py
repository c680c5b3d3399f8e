"""The ProxyCommand as ssh starts it, and AWS's plugin as the AWS CLI starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.ecs.tunnel.ssh import ROOT
from tests.deploy.tunnel.cloud import INSTANCE, SESSION, Cloud, plugin
from tests.ecom.secrets.aws import REGION

SHOWS = """
for argument; do echo "$argument"; done
echo "$AWS_SSM_START_SESSION_RESPONSE"
cat
"""


def session(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.ecs.tunnel.session", INSTANCE, REGION],
        check=False,
        cwd=ROOT,
        env=os.environ | environment,
        input="from ssh",
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_the_plugin(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin(tmp_path, monkeypatch, SHOWS)
    config = tmp_path / "config"
    config.write_text("[profile shop]\n")
    done = session(AWS_PROFILE="shop", AWS_CONFIG_FILE=str(config))
    variable, region, operation, profile, called, endpoint, response, rest = (
        done.stdout.splitlines()
    )
    assert (variable, region) == ("AWS_SSM_START_SESSION_RESPONSE", REGION)
    assert (operation, profile, endpoint) == ("StartSession", "shop", cloud.url)
    assert json.loads(response) == SESSION
    assert rest == "from ssh"
    [started] = cloud.started
    assert json.loads(called) == started
    assert started == {
        "Target": INSTANCE,
        "DocumentName": "AWS-StartSSHSession",
        "Parameters": {"portNumber": ["22"]},
    }


def test_refused(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin(tmp_path, monkeypatch, SHOWS)
    message = "User: x is not authorized to perform: ssm:StartSession"
    cloud.refuse_session = ("AccessDeniedException", message)
    done = session()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Session Manager refuses: AccessDeniedException: {message}\n"


def test_not_signed_in(cloud: Cloud) -> None:
    done = session(AWS_ACCESS_KEY_ID="")
    assert done.returncode == 1
    assert done.stderr.startswith("Session Manager refuses: NoCredentialsError: ")
