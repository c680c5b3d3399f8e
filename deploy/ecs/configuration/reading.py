"""From deployment.toml to the settings of one environment: preset, then the file's own, then the
environment's."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from deploy.ecs.configuration.model import Deployment, Model
from deploy.ecs.configuration.presets import PRESETS
from deploy.ecs.errors import DeploymentError

Settings = dict[str, Any]
Location = tuple[int | str, ...]
SENTENCES = {
    "extra_forbidden": "is no setting",
    "missing": "is missing",
    "literal_error": "is {input!r}, and has to be {expected}",
    "string_pattern_mismatch": "is {input!r}, which does not match {pattern}",
    "string_type": "is {input!r}, and has to be a string, in quotes",
    "int_type": "is {input!r}, and has to be a number, without quotes",
    "bool_type": "is {input!r}, and has to be true or false, without quotes",
    "list_type": "is {input!r}, and has to be a list, in square brackets",
    "model_type": "is {input!r}, and has to be a table of settings",
    "dict_type": "is {input!r}, and has to be a table of settings",
}


def environments(path: Path) -> list[str]:
    """Raises DeploymentError."""
    return list(tables(path)[1])


def read(path: Path, environment: str | None = None) -> Deployment:
    """The only environment where none is named. Raises DeploymentError."""
    shared, named = tables(path)
    chosen = environment or (next(iter(named)) if len(named) == 1 else None)
    there = ", ".join(named)
    if chosen is None:
        raise DeploymentError(
            f"{path} has more than one environment: {there}.",
            "Choose one with --environment NAME.",
        )
    if chosen not in named:
        raise DeploymentError(
            f"{path} has no environment {chosen}; it has: {there}.",
            f"Choose one of them, or add a table [environments.{chosen}].",
        )
    given = merged(shared, named[chosen])
    settings = merged(PRESETS.get(str(given.get("preset")), {}), given)
    try:
        return Deployment.model_validate(settings | {"environment": chosen})
    except ValidationError as error:
        problems = [sentence(each, path, chosen) for each in error.errors()]
        # Without a preset everything that it would say is missing too.
        presets = [each for each in problems if " preset " in each]
        first, *others = presets or sorted(problems, key=lambda each: " is no setting" not in each)
        raise DeploymentError(
            first, "Correct it; docs/deployment.md has all settings.", others
        ) from error


def tables(path: Path) -> tuple[Settings, dict[str, Settings]]:
    """What all environments share, and what each has of its own. Raises DeploymentError."""
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise DeploymentError(
            f"There is no {path}.", "Write one with: python -m deploy.ecs init"
        ) from error
    except OSError as error:
        raise DeploymentError(f"{path} cannot be read: {error.strerror}.", "Check it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeploymentError(f"{path} is not TOML: {error}.", "Correct it there.") from error
    named = content.pop("environments", {})
    if (
        not isinstance(named, dict)
        or not named
        or not all(isinstance(each, dict) for each in named.values())
    ):
        raise DeploymentError(
            f"{path} has no environments.",
            'Add a table, such as [environments.production] with region = "eu-central-1".',
        )
    return content, named


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Settings:
    """Tables are merged key by key; everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        known = result.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        result[key] = merged(known or {}, value) if both else value
    return result


def sentence(error: ErrorDetails, path: Path, environment: str) -> str:
    location = error["loc"]
    if error["type"] == "value_error":
        return f"{path}: {error['ctx']['error']}."
    known = error.get("ctx", {}) | {"input": error["input"]}
    said = SENTENCES.get(error["type"], f"is not right: {error['msg']}").format(**known)
    name = ".".join(map(str, location))
    return f"{path}{line_of(path, location, environment)}: {name} {said}{meant(error)}."


def meant(error: ErrorDetails) -> str:
    """The setting that a misspelt one may be, of whatever table."""
    if error["type"] != "extra_forbidden":
        return ""
    names = {name for model in Model.__subclasses__() for name in model.model_fields}
    close = get_close_matches(str(error["loc"][-1]), names, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def line_of(path: Path, location: Location, environment: str) -> str:
    """As `:line`, of the setting or of the closest table around it; tomllib tells none."""
    lines = path.read_text().splitlines()
    steps = [str(each) for each in location if not isinstance(each, int)]
    depths = range(len(steps), -1, -1)
    tables = [
        (".".join([*prefix, *steps[:depth]]), steps[depth : depth + 1])
        for depth in depths
        for prefix in (["environments", environment], [])
    ]
    settings = [(header, key[0] if key else None) for header, key in tables]
    for header, key in [*settings, *((header, None) for header, _ in tables)]:
        if number := _line(lines, header, key):
            return f":{number}"
    return ""


def _line(lines: list[str], header: str, key: str | None) -> int | None:
    table = ""
    for number, line in enumerate(lines, 1):
        if found := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = re.sub(r"[\s\"']", "", found[1])
            if table == header and key is None and header:
                return number
        elif key and table == header and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
            return number
    return None
