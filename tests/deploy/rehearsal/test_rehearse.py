"""The command itself, to its end."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_free_tier(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.ecs", "rehearse", "--preset", "free-tier"]
    run = subprocess.run(
        [*command, "--format", "json"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert set(report["requests"]) == {"200"}
    assert report["failures"] == []
    happened = [(each["source"], each["text"]) for each in report["timeline"]]
    for name in ("accounts", "catalog"):
        steady = [
            text for source, text in happened if source == f"service {name}" and "steady" in text
        ]
        assert len(steady) == 2  # the first revision and the second
    stacks = {source for source, text in happened if source.startswith("stack")}
    gone = {source for source, text in happened if text == "DELETE_COMPLETE"}
    assert gone == stacks
