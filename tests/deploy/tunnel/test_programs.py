from pathlib import Path

import pytest

from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.tunnel import Tunnel
from tests.deploy.tunnel.cloud import Cloud
from tests.deploy.tunnel.standins import BASTION, FAST, POSTGRESQL


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("there", "missing", "cure"),
    [
        ([], "ssh", "apt-get install openssh-client"),
        (["ssh"], "session-manager-plugin", "https://docs.aws.amazon.com/systems-manager/"),
    ],
)
def test_missing(there: list[str], missing: str, cure: str, cloud: Cloud, path: Path) -> None:
    """Said before AWS is asked for anything."""
    for name in there:
        (path / name).touch(mode=0o755)
    with pytest.raises(DeploymentError, match=f"The program {missing} is not") as raised:
        Tunnel(BASTION, Database("postgresql", POSTGRESQL, 5432, "x"), cloud.session, FAST, print)
    assert cure in raised.value.cure
