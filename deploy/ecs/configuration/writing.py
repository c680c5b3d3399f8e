"""deployment.toml put in place: whole, and only when it is right."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.ecs.configuration.model import Deployment
from deploy.ecs.configuration.reading import read
from deploy.ecs.errors import DeploymentError


def write(path: Path, text: str, environment: str, check: Callable[[Deployment], None]) -> None:
    """`check` raises DeploymentError, as this does; what was there then stays."""
    try:
        handle, name = tempfile.mkstemp(prefix=".deployment-", suffix=".toml", dir=path.parent)
    except OSError as error:
        raise DeploymentError(
            f"{path} cannot be written: {error.strerror}.", "Give another place: --file."
        ) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        check(read(draft, environment))
        draft.chmod(0o644)
        draft.replace(path)
    except DeploymentError as error:
        raise renamed(error, draft, path) from error
    finally:
        draft.unlink(missing_ok=True)


def renamed(error: DeploymentError, draft: Path, path: Path) -> DeploymentError:
    """The draft is gone when its name is read."""
    cause = error.cause.replace(str(draft), str(path))
    details = [each.replace(str(draft), str(path)) for each in error.details]
    return DeploymentError(cause, "Answer otherwise; nothing was written.", details, error.fault)
