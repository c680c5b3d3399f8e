"""EC2 instances of auto scaling groups, as their launch templates make them."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from deploy.ecs.rehearsal.agent.reachability import Interface
from deploy.ecs.rehearsal.agent.region import Region

SETTING = re.compile(r"(ECS_[A-Z_]+)=([^\s'\"]*)")


@dataclass(frozen=True)
class Machine:
    ec2_id: str
    type: str
    zone: str
    interface: Interface
    role: str  # of its instance profile, or empty
    settings: dict[str, str]  # of the agent, by user data

    @property
    def reserved(self) -> int:
        """MiB that the agent leaves to others."""
        value = self.settings.get("ECS_RESERVED_MEMORY", "")
        return int(value) if value.isdecimal() else 0


def groups(region: Region) -> list[FakeAutoScalingGroup]:
    return list(autoscaling_backends[region.account][region.name].autoscaling_groups.values())


def machines(region: Region, group: FakeAutoScalingGroup) -> Iterator[Machine]:
    data = _template(group)
    networks = data.get("NetworkInterfaces") or [{}]
    security = networks[0].get("Groups") or data.get("SecurityGroupIds") or []
    settings = dict(SETTING.findall(_decoded(str(data.get("UserData") or ""))))
    role = _role(region, data.get("IamInstanceProfile") or {})
    for state in list(group.instance_states):
        instance = state.instance
        if instance.state != "running":
            continue
        has_public_address = _is_public(region, instance, networks[0])
        yield Machine(
            ec2_id=instance.id,
            type=instance.instance_type,
            zone=str(instance.placement.zone),
            interface=Interface(
                tuple(security),
                (str(instance.subnet_id),),
                str(instance.private_ip),
                has_public_address,
            ),
            role=role,
            settings=settings,
        )


def _template(group: FakeAutoScalingGroup) -> dict[str, Any]:
    if group.ec2_launch_template is None:
        return {}
    version = group.ec2_launch_template.get_version(group.launch_template_version)
    return dict(version.data)


def _is_public(region: Region, instance: Any, network: dict[str, Any]) -> bool:
    given = network.get("AssociatePublicIpAddress")
    if given is not None:
        return str(given).lower() == "true"
    subnet = ec2_backends[region.account][region.name].get_subnet(instance.subnet_id)
    return str(subnet.map_public_ip_on_launch).lower() == "true"


def _role(region: Region, profile: dict[str, str]) -> str:
    found = iam_backends[region.account]["aws"].instance_profiles.values()
    for each in found:
        if each.arn == profile.get("Arn") or each.name == profile.get("Name"):
            return str(each.roles[0].name) if each.roles else ""
    return ""


def _decoded(user_data: str) -> str:
    try:
        return base64.b64decode(user_data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return user_data
