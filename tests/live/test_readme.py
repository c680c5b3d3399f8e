"""The README's API tour, executed as printed."""

import re
import subprocess
from pathlib import Path

from tests.live.conftest import StartServer
from tests.live.server import ROOT

SHOP = re.compile(r"^SHOP=.*$", re.MULTILINE)
EXPECTED = re.compile(r"^# -> (.*)$", re.MULTILINE)


def tour() -> list[str]:
    """The shell blocks under the heading "API tour"."""
    readme = (ROOT / "README.md").read_text()
    section = re.search(r"^## API tour$(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)


def test_tour(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server()
    blocks = tour()
    assert blocks
    assert SHOP.search(blocks[0]), "the tour begins with the shop's address"
    marker = "end of block"
    script = f"\necho; echo '{marker}'\n".join(blocks)

    done = subprocess.run(
        ["sh", "-eu", "-c", SHOP.sub(f"SHOP={server.url}", script)],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for block, output in zip(blocks, done.stdout.split(marker), strict=True):
        if expected := EXPECTED.findall(block):
            last = [line for line in output.splitlines() if line.strip()][-1]
            assert last == expected[-1], block
