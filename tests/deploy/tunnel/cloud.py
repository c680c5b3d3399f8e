"""moto's server, with the two calls that moto does not have or does nothing for."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core.exceptions import JsonRESTError
from moto.ec2instanceconnect.responses import Ec2InstanceConnectResponse
from moto.server import ThreadedMotoServer
from moto.ssm.responses import SimpleSystemManagerResponse

from tests.deploy.tunnel.sshd import Sshd
from tests.ecom.secrets.aws import CREDENTIALS, REGION

HOST_KEY = "/little-ecom/production/bastion-host-key"
INSTANCE = "i-0a1b2c3d4e5f60718"
SESSION = {"SessionId": "me-0a1b", "TokenValue": "AAEAAXtoken", "StreamUrl": "wss://example.com/"}


@dataclass
class Cloud:
    url: str
    sshd: Sshd | None = None
    lent: list[dict[str, str]] = field(default_factory=list)  # calls of SendSSHPublicKey
    started: list[dict[str, Any]] = field(default_factory=list)  # calls of StartSession
    # Code and message with which calls are refused.
    refuse_key: tuple[str, str] | None = None
    refuse_session: tuple[str, str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return CREDENTIALS | {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION}

    @cached_property
    def session(self) -> Any:
        return boto3.Session(region_name=REGION)

    def publish(self, host_key: str) -> None:
        ssm = self.session.client("ssm")
        ssm.put_parameter(Name=HOST_KEY, Value=host_key, Type="String", Overwrite=True)

    def secret(self, name: str, **values: str) -> str:
        client = self.session.client("secretsmanager")
        client.create_secret(Name=name, SecretString=json.dumps(values))
        return name

    def send_ssh_public_key(self, body: str) -> str:
        if self.refuse_key:
            raise JsonRESTError(*self.refuse_key)
        called = json.loads(body)
        self.lent.append(called)
        if self.sshd:
            self.sshd.lend(called["InstanceOSUser"], called["SSHPublicKey"])
        return json.dumps({"RequestId": "0a1b", "Success": True})

    def start_session(self, body: str) -> str:
        if self.refuse_session:
            raise JsonRESTError(*self.refuse_session)
        self.started.append(json.loads(body))
        return json.dumps(SESSION)


def plugin(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """The first session-manager-plugin on the PATH."""
    path = folder / "session-manager-plugin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@contextmanager
def running() -> Iterator[Cloud]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    cloud = Cloud(f"http://{host}:{port}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Ec2InstanceConnectResponse,
            "send_ssh_public_key",
            lambda response: cloud.send_ssh_public_key(response.body),
        )
        patch.setattr(
            SimpleSystemManagerResponse,
            "start_session",
            lambda response: cloud.start_session(response.body),
            raising=False,
        )
        yield cloud
    server.stop()
