"""What the bastion has published, and the key that Instance Connect lends it for a minute."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError

USER = "ec2-user"
PENDING = "pending"
HOST_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]+")
KEY_WITHIN = 180  # seconds; a t4g.nano starts in about one minute
ASK_EVERY = 5  # seconds

Say = Callable[[str], object]


@dataclass(frozen=True)
class Bastion:
    stack: str
    instance: str
    zone: str
    host_key_parameter: str

    @classmethod
    def of_outputs(cls, stack: str, outputs: Mapping[str, str] | None) -> Self:
        """`outputs` of the stack of templates/bastion.yaml; None where there is no such stack."""
        if outputs is None:
            raise DeploymentError(
                f"There is no bastion: the stack {stack} does not exist.",
                "Set bastion = true in deployment.toml, and then: python -m deploy.ecs up",
                fault="D12",
            )
        return cls(stack, outputs["InstanceId"], outputs["Zone"], outputs["HostKeyParameter"])

    def host_key(self, session: Any, clock: Clock, say: Say) -> str:
        """Waits until the bastion has published it."""
        ssm = session.client("ssm")
        deadline = clock.now().timestamp() + KEY_WITHIN
        while (key := self._published(ssm)) == PENDING:
            if clock.now().timestamp() >= deadline:
                raise self._never_published()
            say(f"The bastion {self.instance} has not started yet; waiting for its host key.")
            clock.sleep(ASK_EVERY)
        if not HOST_KEY.fullmatch(key):
            raise DeploymentError(
                f"The parameter {self.host_key_parameter} holds no host key of type ssh-ed25519.",
                f"Restart the instance {self.instance}: it publishes its key at each start.",
            )
        return key

    def _published(self, ssm: Any) -> str:
        try:
            answer = ssm.get_parameter(Name=self.host_key_parameter)
        except ClientError as error:
            raise self._refused("ssm:GetParameter", error) from None
        return str(answer["Parameter"]["Value"])

    def _never_published(self) -> DeploymentError:
        return DeploymentError(
            f"The bastion {self.instance} has not published its host key within "
            f"{KEY_WITHIN // 60} minutes: {self.host_key_parameter} is still {PENDING!r}.",
            "Look why in its console, with aws ec2 get-console-output --latest --instance-id "
            f"{self.instance}; most often its subnet has no way to Systems Manager, which is a "
            "public address, a NAT gateway or the endpoints ssm, ssmmessages and ec2messages.",
            fault="D13",
        )

    def lend(self, public_key: str, session: Any) -> None:
        """sshd there accepts the key for 60 seconds.
        https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
        """
        try:
            session.client("ec2-instance-connect").send_ssh_public_key(
                InstanceId=self.instance,
                InstanceOSUser=USER,
                AvailabilityZone=self.zone,
                SSHPublicKey=public_key,
            )
        except ClientError as error:
            raise self._refused("ec2-instance-connect:SendSSHPublicKey", error) from None

    def _refused(self, action: str, error: ClientError) -> DeploymentError:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        cause, cure = REFUSALS.get(code, OTHER)
        names = {"action": action, "code": code, "message": message.rstrip("."), **vars(self)}
        return DeploymentError(cause.format(**names), cure.format(**names))


OTHER = "AWS refuses {action}: {message} ({code}).", "Try again; if it stays, mend what AWS says."
DENIED = (
    "You may not lend the bastion a key or read what it published: {message}.",
    "Have {action} allowed to whom you are signed in as (aws sts get-caller-identity); a tunnel "
    "takes ssm:GetParameter, ec2-instance-connect:SendSSHPublicKey and ssm:StartSession.",
)
GONE = (
    "The bastion {instance} is gone, or not in this account and region: {message}.",
    "Look whether AWS_PROFILE is the deployment's, and run up if somebody deleted the instance: "
    "it makes a new one.",
)
REFUSALS = {
    "AccessDenied": DENIED,
    "AccessDeniedException": DENIED,
    "AuthException": DENIED,
    "UnauthorizedOperation": DENIED,
    "ParameterNotFound": (
        "The parameter {host_key_parameter} with the bastion's host key does not exist.",
        "It is part of the stack {stack}: look whether AWS_PROFILE is the deployment's, and run "
        "up, which makes it again.",
    ),
    "EC2InstanceNotFoundException": GONE,
    "EC2InstanceStateInvalidException": (
        "The bastion {instance} is not running.",
        "Start it with aws ec2 start-instances --instance-ids {instance}, and try again.",
    ),
    "EC2InstanceUnavailableException": (
        "The bastion {instance} is unavailable at the moment.",
        "Try again in a few minutes.",
    ),
}
