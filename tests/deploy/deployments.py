"""Deployments as a deployment.toml would describe them."""

from collections.abc import Mapping
from typing import Any

from deploy.ecs.configuration import PRESETS, Deployment
from deploy.ecs.configuration.reading import merged

ACCOUNTS = {
    "paths": ["/accounts", "/accounts/*", "/auth/*", "/.well-known/jwks.json", "/"],
    "peers": {"CATALOG_URL": "catalog"},
    "daily": ["manage", "prune"],
}
CATALOG = {
    "database": "documentdb",
    "paths": ["/catalog", "/catalog/*", "/item", "/item/*", "/items", "/items/*", "/buy/*"],
    "peers": {"ACCOUNTS_URL": "accounts"},
}
SHOP = {"accounts": ACCOUNTS, "catalog": CATALOG}


def deployment(preset: str = "fargate", **changes: Any) -> Deployment:
    """On a domain, unless told otherwise."""
    given: Mapping[str, Any] = {
        "environment": "production",
        "preset": preset,
        "region": "eu-central-1",
        "domain": "shop.example.com",
        "hosted_zone": "Z0123456789ABCDEFGHIJ",
        "services": SHOP,
    }
    return Deployment.model_validate(merged(merged(PRESETS[preset], given), changes))
