"""The image, built from the Dockerfile on a Debian made here, so that no registry is needed.

What is made stays in CACHE, apart from the machine's own images; the base is used again.
"""

import ast
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(tempfile.gettempdir()) / "ecom-image"
BASE = "localhost/ecom-test-base"
IMAGE = "localhost/ecom-test"
TOOLS = ("buildah", "debootstrap", "runc")


def why_not() -> str:
    """Why no image can be built here; empty where it can."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} are not installed"
    if os.geteuid() != 0:
        return "only root can build it with chroot"
    if subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode:
        return "mounting is not allowed here: a container needs --privileged"
    return ""


def run(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout.strip()


def buildah(*arguments: str | Path) -> str:
    storage, state = CACHE / "storage", CACHE / "run"
    return run("buildah", "--root", storage, "--runroot", state, *arguments)


@contextmanager
def alone() -> Iterator[None]:
    """One test run at a time, as long as it uses what is there."""
    CACHE.mkdir(mode=0o700, exist_ok=True)
    found = CACHE.stat()
    assert (found.st_uid, found.st_mode & 0o777) == (0, 0o700), f"somebody else made {CACHE}"
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def debian_mirror() -> list[str]:
    """Where this machine has its own packages from; nothing, and debootstrap has its default."""
    if shutil.which("apt-get") is None:
        return []
    sources = ["Created-By: Packages", "Codename: bookworm"]
    return run("apt-get", "indextargets", "--format", "$(REPO_URI)", *sources).split()[:1]


@contextmanager
def memory_folder() -> Iterator[Path]:
    """dpkg waits for the disk after each file; here there is none to wait for."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        run("mount", "-t", "tmpfs", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            run("umount", folder)


def make_base() -> None:
    """Debian with its own Python, where the image that people build has the official one."""
    packages = "--include=python3,python3-venv,ca-certificates"
    with memory_folder() as folder:
        root = folder / "base"
        run("debootstrap", "--variant=minbase", packages, "bookworm", root, *debian_mirror())
        for folder_of_debian in root.glob("usr/lib/python3*/**/__pycache__"):
            shutil.rmtree(folder_of_debian)  # as in the official image
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, root, "/")
        buildah("commit", "--quiet", "--rm", container, BASE)


def pip_options() -> dict[str, str]:
    """What pip has to know here, from its files and variables; the latter win."""
    options: dict[str, str] = {}
    for line in run(sys.executable, "-m", "pip", "config", "list").splitlines():
        key, _, value = line.partition("=")  # such as :env:.timeout='60', before global.timeout
        options.setdefault(key.rpartition(".")[2], ast.literal_eval(value))
    return options


def pip_mounts(folder: Path) -> list[str]:
    """Those as a file, and the files that they name, for the build alone: none is in the image."""
    options = pip_options()
    file = folder / "pip.conf"
    lines = [f"{name} = " + value.replace("\n", "\n  ") for name, value in options.items()]
    file.write_text("\n".join(["[global]", *lines]))
    named = {word for value in options.values() for word in value.split() if word.startswith("/")}
    mounts = [f"{path}:{path}:ro" for path in sorted(named) if Path(path).exists()]
    return [f"--volume={mount}" for mount in (f"{file}:/etc/pip.conf:ro", *mounts)]


def build() -> None:
    """To be called alone()."""
    if not buildah("images", "--quiet", "--filter", f"reference={BASE}"):
        make_base()
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        mounts = pip_mounts(Path(folder))
        # Docker's format has the health check, that of the OCI has not.
        options = ["--isolation=chroot", "--format=docker", f"--build-arg=BASE={BASE}"]
        buildah("bud", "--quiet", *options, *mounts, f"--tag={IMAGE}", ROOT)
    buildah("rmi", "--prune", "--force")  # the one before
