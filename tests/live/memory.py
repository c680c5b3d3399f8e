"""What a server's processes hold in memory, as Linux counts it."""

from pathlib import Path

MEBIBYTE = 1024 * 1024


def family(pid: int) -> list[int]:
    """The process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """The most it held at once since forget_peak(), in bytes."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in status if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


class Peaks:
    """How much more the processes came to hold than they did at first."""

    def __init__(self, *pids: int) -> None:
        self.pids = [each for pid in pids for each in family(pid)]
        for pid in self.pids:
            forget_peak(pid)
        self.before = {pid: peak(pid) for pid in self.pids}

    @property
    def growth(self) -> int:
        """Of the process that grew most, in bytes. All must still live."""
        return max(peak(pid) - before for pid, before in self.before.items())
