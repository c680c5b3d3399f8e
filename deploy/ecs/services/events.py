"""An event of a service, for a person who reads whose it is beside it."""

import re

TARGET_GROUP = re.compile(r"arn:[^\s)]+:targetgroup/([^/\s)]+)/\w+")


def brief(service: str, event: str) -> str:
    return TARGET_GROUP.sub(r"\1", event.removeprefix(f"(service {service}) "))
