"""The account's hosted zones, for a domain to be in one."""

from botocore.exceptions import BotoCoreError, ClientError

from deploy.ecs.aws import AWS


def hosted_zones(aws: AWS) -> dict[str, str]:
    """Id by name, of the public ones. None where they cannot be asked for: a person may still
    know one."""
    try:
        pages = aws.client("route53").get_paginator("list_hosted_zones").paginate()
        zones = [zone for page in pages for zone in page["HostedZones"]]
    except (BotoCoreError, ClientError):
        return {}
    return {
        zone["Name"].rstrip("."): zone["Id"].rpartition("/")[2]
        for zone in zones
        if not zone.get("Config", {}).get("PrivateZone")
    }


def zone_of(domain: str, zones: dict[str, str]) -> str | None:
    """The id of the closest zone that the domain is in."""
    fitting = [name for name in zones if domain == name or domain.endswith(f".{name}")]
    return zones[max(fitting, key=len)] if fitting else None
