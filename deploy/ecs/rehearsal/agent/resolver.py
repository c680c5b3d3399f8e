"""The VPC's DNS for the processes of a task: names of the rehearsal lead to its wires.

A process knows no other way to be told, without root, what a name means to it alone. Python runs
sitecustomize at its start. What is in C, such as libpq, does not ask it.
"""

from collections.abc import Mapping
from pathlib import Path

SITECUSTOMIZE = """\
import socket

WIRES = {wires!r}
resolve = socket.getaddrinfo


def getaddrinfo(host, port, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    wire = WIRES.get((name, port)) if isinstance(name, str) else None
    if wire is None:
        return resolve(host, port, *args, **kwargs)
    return resolve({address!r}, wire, *args, **kwargs)


socket.getaddrinfo = getaddrinfo
"""


def write(folder: Path, wires: Mapping[tuple[str, int], int], address: str) -> None:
    """To be put on PYTHONPATH. `wires`: the port at `address` that stands for a host and port."""
    folder.mkdir(parents=True, exist_ok=True)
    text = SITECUSTOMIZE.format(wires=dict(wires), address=address)
    (folder / "sitecustomize.py").write_text(text)
