"""Launch templates, by whose later versions moto starts no instance that has user data."""

from moto.core.types import Base64EncodedString
from moto.ec2.models.launch_templates import LaunchTemplateVersion

from deploy.ecs.rehearsal.cloud.patches import Patches


def user_data(version: LaunchTemplateVersion) -> Base64EncodedString | None:
    found = version.data.get("UserData")
    return Base64EncodedString(found) if isinstance(found, str) else found


def close(patches: Patches) -> None:
    patches.attribute(LaunchTemplateVersion, "user_data", property(user_data))
