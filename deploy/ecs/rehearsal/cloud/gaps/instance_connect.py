"""EC2 Instance Connect, which forgets nothing here of what it is sent."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from moto.core.exceptions import JsonRESTError
from moto.ec2.models import ec2_backends
from moto.ec2instanceconnect.responses import Ec2InstanceConnectResponse

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.cloud.patches import Patches


@dataclass(frozen=True)
class SentKey:
    """Good for 60 seconds."""

    instance_id: str
    user: str
    public_key: str
    at: datetime


def close(patches: Patches, sent: list[SentKey], clock: Clock) -> None:
    def send(response: Ec2InstanceConnectResponse) -> str:
        instance = response._get_param("InstanceId")
        ec2 = ec2_backends[response.current_account][response.region]
        found = [each for each in ec2.all_instances() if each.id == instance]
        if not found:
            raise JsonRESTError("EC2InstanceNotFoundException", f"Instance not found: {instance}")
        if found[0].state != "running":
            raise JsonRESTError(
                "EC2InstanceStateInvalidException", f"Instance {instance} is not running"
            )
        user, key = response._get_param("InstanceOSUser"), response._get_param("SSHPublicKey")
        sent.append(SentKey(instance, user, key, clock.now()))
        return json.dumps({"RequestId": str(uuid.uuid4()), "Success": True})

    patches.attribute(Ec2InstanceConnectResponse, "send_ssh_public_key", send)
