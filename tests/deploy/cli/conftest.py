from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from deploy.ecs.cli.main import main
from deploy.ecs.cli.options import Options
from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.cli.shop import REGION, Shop, Tasks, account, answering

Run = Callable[..., "Ended"]


class Ended:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture(scope="package")
def clock() -> Clock:
    return Clock(2000)


@pytest.fixture(scope="package")
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture(scope="package")
def cloud(clock: Clock, tasks: Tasks) -> Iterator[Cloud]:
    """One account for all, in which each that changes something has an environment of its own."""
    with (
        Cloud(REGION, clock, tasks) as cloud,
        answering() as proxy,
        pytest.MonkeyPatch.context() as patch,
    ):
        tasks.cloud = cloud
        for name, value in cloud.variables.items():
            patch.setenv(name, value)
        patch.setenv("HTTP_PROXY", proxy)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield cloud


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployments")


@pytest.fixture(scope="package")
def shop(cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path) -> Shop:
    """Deployed, and not to be changed."""
    shop = Shop.new(cloud, clock, tasks, folder, "production")
    shop.deploy()
    return shop


@pytest.fixture
def absent(cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path) -> Shop:
    return Shop.new(cloud, clock, tasks, folder, "absent")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> Run:
    """A command of the command line to its end; `shop` is given as its file."""
    monkeypatch.setattr(Options, "clock", clock)
    monkeypatch.setattr(Options, "aws", account(cloud.url))

    def run(name: str, shop: Shop, *arguments: str, answers: str = "") -> Ended:
        code = 0
        monkeypatch.setattr("sys.stdin", StringIO(answers))
        capsys.readouterr()
        try:
            main([name, "--file", str(shop.file), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ended(code, *capsys.readouterr())

    return run
