"""A rehearsal with one task, to be killed: writes the ids of its processes and waits."""

import sys
import time
from pathlib import Path

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.agent import Agent
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.agent.ground import PROGRAM, Ground, until


def main() -> None:
    folder = Path(sys.argv[1])
    with (
        Cloud("eu-central-1", Clock(300)) as cloud,
        Agent(cloud, folder, program=PROGRAM) as agent,
    ):
        ground = Ground(cloud, agent)
        ground.lay()
        arn = ground.run(ground.define())
        until(lambda: ground.task(arn), lambda task: task["lastStatus"] == "RUNNING")
        port = agent.launching.tasks[arn.rpartition("/")[2]].real_ports[8000]
        print(port, flush=True)  # noqa: T201
        time.sleep(60)


if __name__ == "__main__":
    main()
