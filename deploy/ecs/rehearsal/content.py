"""What the image would contain, made of this checkout as the Dockerfile makes it."""

import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.ecs.errors import DeploymentError
from deploy.local.processes import ROOT

# The settings of production demand values that collecting files does not use.
UNUSED = {
    "SECRET_KEY": "unused",
    "BASE_URL": "http://unused",
    "DATABASE_URL": "postgresql://unused/unused",
}
COLLECT = ["manage.py", "collectstatic", "--no-input", "--verbosity", "0", "--ignore", "redoc"]


def build(folder: Path, root: Path = ROOT) -> None:
    """Raises DeploymentError."""
    folder.mkdir()
    for source in kept(root):
        if source.is_dir():
            shutil.copytree(source, folder / source.name)
        else:
            shutil.copy2(source, folder)

    def collect(service: str) -> str:
        settings = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{service}"}
        return python(folder, COLLECT, settings | UNUSED)

    services = python(folder, ["-m", "ecom.services"]).split()
    with ThreadPoolExecutor() as pool:
        deque(pool.map(collect, services), maxlen=0)


def kept(root: Path) -> Iterator[Path]:
    """By .dockerignore, which leaves out everything but what it names."""
    for line in (root / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            yield root / line[1:]


def python(folder: Path, arguments: list[str], environment: dict[str, str] | None = None) -> str:
    """What it prints. Raises DeploymentError."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=folder,
        env=environment or {},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeploymentError(
            f"The image cannot be made: {' '.join(arguments[:2])} fails, as it will where the "
            "image is built.",
            "Correct what it names.",
            done.stderr.splitlines()[-10:],
        )
    return done.stdout
