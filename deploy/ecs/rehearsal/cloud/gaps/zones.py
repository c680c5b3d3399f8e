"""Hosted zones, whose ids begin with Z at AWS."""

from typing import Any

from moto.route53 import models

from deploy.ecs.rehearsal.cloud.patches import Patches


def close(patches: Patches) -> None:
    original = models.create_route53_zone_id

    def named(*args: Any, **kwargs: Any) -> str:
        return f"Z{original(*args, **kwargs)[1:]}"

    patches.attribute(models, "create_route53_zone_id", named)
