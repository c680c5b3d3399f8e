"""Nothing of a rehearsal outlives it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.agent.network import listens
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.agent.ground import PROGRAM, Ground, until


def test_end(tmp_path: Path) -> None:
    """Also of a task that takes no SIGTERM."""
    threads = set(threading.enumerate())
    with (
        Cloud("eu-central-1", Clock(300)) as cloud,
        Agent(cloud, tmp_path, program=PROGRAM) as agent,
    ):
        ground = Ground(cloud, agent)
        ground.lay()
        arn = ground.run(ground.define(command=["stubborn"]))
        until(lambda: ground.task(arn), lambda task: task["lastStatus"] == "RUNNING")
        port = agent.launching.tasks[arn.rpartition("/")[2]].real_ports[8000]
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).ok

    assert not listens(port)
    assert not listens(agent.port)
    assert set(threading.enumerate()) <= threads


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.deploy.rehearsal.agent.orphans", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert listens(port)
        process.kill()

    until(lambda: listens(port), lambda found: not found)
