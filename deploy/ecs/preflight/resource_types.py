"""The types of resources that CloudFormation has, as cfn-lint's release knows them by region."""

import difflib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def types(region: str | None) -> frozenset[str]:
    # Its modules take a second to import; the list is a file of its own.
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ImportError("cfn-lint is not installed.")
    folder = Path(spec.origin).parent / "data" / "schemas" / "providers"
    file = folder / f"{region}.json"
    return frozenset(
        json.loads((file if file.is_file() else folder / "us-east-1.json").read_text())
    )


def resembling(kind: str, region: str | None) -> str | None:
    found = difflib.get_close_matches(kind, types(region), n=1, cutoff=0.85)
    return found[0] if found else None
