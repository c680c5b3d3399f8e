"""Real order lines, while what serves them is killed. `make benchmarks` replays all of them."""

import subprocess
import sys

import pytest

from tests.live.conftest import ON_DOCUMENTDB
from tests.live.server import ROOT

TARGETS = ["server", "database", "both"] if ON_DOCUMENTDB else ["server"]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_acknowledged_is_lost(target: str, engine: str) -> None:
    options = ["--lines=450", f"--engine={engine}", f"--kill={target}", "--every=100"]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.replay", *options],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the books balance" in done.stdout
    assert "\n4 times killed" in done.stdout
