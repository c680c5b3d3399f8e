"""Generated requests for every operation of both schemas: all checks on, a fixed budget."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.conftest import ON_DOCUMENTDB, StartServer
from tests.live.person import PASSWORD, Person

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.parametrize("service", ["catalog"] if ON_DOCUMENTDB else ["accounts", "catalog"])
def test_schema(start_server: StartServer, tmp_path: Path, service: str) -> None:
    # It guesses passwords as well, and must not be locked out for it.
    server = start_server(THROTTLES_ENABLED="false", LOCKOUT_FAILURES="1000000")
    person = Person.signed_up(server.url)
    schema = f"{server.url}/{service}/schema/?format=json"

    done = subprocess.run(
        [SCHEMATHESIS, f"--config-file={CONFIG}", "run", schema, "--no-color"],
        check=False,
        cwd=tmp_path,
        env=os.environ | {"SHOP_EMAIL": person.email, "SHOP_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=420,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Authentication failed" not in done.stdout, done.stdout
