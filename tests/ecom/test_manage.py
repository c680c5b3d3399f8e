"""What whoever runs a command can change is said in a sentence."""

from pathlib import Path

from tests.live.server import Server


def test_the_database_is_away(tmp_path: Path) -> None:
    done = Server(tmp_path, "postgresql://shop:hunter2@127.0.0.1:1/shop").manage("prune")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: The database failed: ")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr
