"""What AWS's own policies allow. Moto keeps a copy of all of them, of its release's day.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ has a page for each.
"""

import json
from functools import cache
from typing import Any


def statements_of(path: str) -> list[dict[str, Any]] | None:
    """By what follows arn:aws:iam::aws:policy/. None for a policy that is not among them."""
    found = _all().get(path)
    if found is None:
        return None
    written = found["Document"]["Statement"]
    return list(written) if isinstance(written, list) else [written]


@cache
def _all() -> dict[str, Any]:
    # Four megabytes, which most of the project's own templates do not need.
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    known = json.loads(aws_managed_policies_data)
    return {f"{each['Path']}{name}".lstrip("/"): each for name, each in known.items()}
