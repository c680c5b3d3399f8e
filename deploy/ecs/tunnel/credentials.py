"""The environment of what is started for the operator."""

import os
from typing import Any

KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SHELL",  # by which ssh starts its ProxyCommand
)


def operators(session: Any) -> dict[str, str]:
    """Who the boto3 session signs in as, for programs that look for that themselves, and nothing
    that a laptop's shell may hold of the shop's own settings."""
    given = {
        name: text for name, text in os.environ.items() if name in KEPT or name.startswith("AWS_")
    }
    given["AWS_REGION"] = given["AWS_DEFAULT_REGION"] = session.region_name
    if session.profile_name != "default":
        given["AWS_PROFILE"] = session.profile_name
    return given
