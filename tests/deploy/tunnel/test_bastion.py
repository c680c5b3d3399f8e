from datetime import timedelta

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.bastion import Bastion
from tests.deploy.tunnel.cloud import HOST_KEY, INSTANCE, Cloud
from tests.deploy.tunnel.standins import BASTION, FAST


def test_outputs() -> None:
    outputs = {
        "InstanceId": INSTANCE,
        "Zone": "eu-central-1a",
        "SecurityGroup": "sg-0a",
        "HostKeyParameter": HOST_KEY,
    }
    assert Bastion.of_outputs(BASTION.stack, outputs) == BASTION


def test_no_stack() -> None:
    with pytest.raises(DeploymentError, match=f"the stack {BASTION.stack} does not exist"):
        Bastion.of_outputs(BASTION.stack, None)


def test_it_never_starts(cloud: Cloud) -> None:
    cloud.publish("pending")
    clock, said = Clock(rate=1000), list[str]()
    began = clock.now()
    with pytest.raises(DeploymentError, match="within 3 minutes") as raised:
        BASTION.host_key(cloud.session, clock, said.append)
    assert clock.now() - began >= timedelta(minutes=3)
    assert len(said) > 1
    assert "get-console-output" in raised.value.cure
    assert raised.value.fault == "D13"


def test_no_host_key(cloud: Cloud) -> None:
    cloud.publish("ssh-ed25519 AAAA\n* ssh-ed25519 BBBB")
    with pytest.raises(DeploymentError, match="holds no host key"):
        BASTION.host_key(cloud.session, FAST, print)


def test_no_parameter(cloud: Cloud) -> None:
    other = Bastion("shop-staging-bastion", INSTANCE, "eu-central-1a", "/shop/staging/none")
    with pytest.raises(DeploymentError, match=r"/shop/staging/none .* does not exist") as raised:
        other.host_key(cloud.session, FAST, print)
    assert "part of the stack shop-staging-bastion" in raised.value.cure


@pytest.mark.parametrize(
    ("code", "cause", "cure"),
    [
        ("EC2InstanceStateInvalidException", "is not running", "aws ec2 start-instances"),
        ("EC2InstanceNotFoundException", "is gone", "run up"),
        ("EC2InstanceUnavailableException", "is unavailable", "in a few minutes"),
        ("AccessDeniedException", "You may not", "ec2-instance-connect:SendSSHPublicKey allowed"),
        ("AuthException", "You may not", "aws sts get-caller-identity"),
        ("ServiceException", "AWS refuses ec2-instance-connect:SendSSHPublicKey", "Try again"),
    ],
)
def test_the_key_is_not_lent(code: str, cause: str, cure: str, cloud: Cloud) -> None:
    cloud.refuse_key = (code, "What AWS says.")
    with pytest.raises(DeploymentError) as raised:
        BASTION.lend(f"ssh-ed25519 {'A' * 68}", cloud.session)
    assert cause in raised.value.cause
    assert cure in raised.value.cure
