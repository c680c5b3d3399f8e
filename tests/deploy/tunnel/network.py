"""Two hosts beside this one: the bastion, whose sshd only it reaches itself, and the databases',
with a firewall for a security group. Network namespaces of Linux."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

# Files in there take the place of those of /etc, for what runs in the namespace. ip-netns(8)
ETC = Path("/etc/netns")
PROBE = f"ecom-{os.getpid()}-probe"
NEEDED = ("ip", "iptables", "sshd", "ssh", "psql")


def require() -> None:
    """Without root, Linux and the programs the test is skipped, and on CI fails."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if sys.platform == "linux" and os.geteuid() == 0 and not lacking:
        made = subprocess.run(["ip", "netns", "add", PROBE], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "delete", PROBE], check=False, capture_output=True)
        if made.returncode == 0:
            return
        lacking = [made.stderr.decode().strip()]
    reason = (
        "THE TUNNEL IS NOT TESTED: it takes Linux, root and apt-get install openssh-server "
        f"postgresql iproute2 iptables ({', '.join(lacking) or 'not root, or not Linux'})"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Host:
    name: str
    address: str  # where the other one finds it

    @property
    def network(self) -> Path:
        return Path("/run/netns") / self.name

    @property
    def etc(self) -> Path:
        return ETC / self.name

    def command(self, *words: str | Path) -> list[str]:
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words: str | Path) -> None:
        subprocess.run(self.command(*words), check=True, timeout=10)

    def firewall(self, *words: str) -> None:
        self.run("iptables", "-w", *words)

    def processes(self, name: str) -> list[int]:
        """Their ids, by the name of the program."""
        listed = subprocess.run(
            ["ip", "netns", "pids", self.name], check=True, capture_output=True, text=True
        )
        return [pid for pid in map(int, listed.stdout.split()) if program(pid) == name]


def program(pid: int) -> str:
    """Empty where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


@dataclass(frozen=True)
class Network:
    bastion: Host
    databases: Host
    from_here: str  # the databases' address for this host

    def let_in(self, port: int) -> None:
        """The bastion, as its security group's rule does."""
        self.databases.firewall("-I", "INPUT", *self._rule(port), "-j", "ACCEPT")

    @contextmanager
    def closed(self, port: int, how: str = "DROP") -> Iterator[None]:
        rule = ["INPUT", *self._rule(port), "-j", *how.split()]
        self.databases.firewall("-I", *rule)
        yield
        self.databases.firewall("-D", *rule)

    def _rule(self, port: int) -> list[str]:
        return ["-p", "tcp", "-s", self.bastion.address, "--dport", str(port)]


@contextmanager
def connected() -> Iterator[Network]:
    number = os.getpid() % 120 * 2  # so that two runs at once do not meet
    inner, outer = f"10.99.{number}", f"10.99.{number + 1}"
    name = f"ecom-{os.getpid()}"
    bastion = Host(f"{name}-bastion", f"{inner}.2")
    databases = Host(f"{name}-databases", f"{inner}.3")
    with ExitStack() as stack:
        for host in (bastion, databases):
            stack.enter_context(existing(host))
        ip("link", "add", "inner", "netns", bastion.name, "type", "veth", "peer", "inner", "netns",
           databases.name)  # fmt: skip
        ip("link", "add", f"e{os.getpid()}", "type", "veth", "peer", "outer", "netns",
           databases.name)  # fmt: skip
        ip("address", "add", f"{outer}.1/24", "dev", f"e{os.getpid()}")
        ip("link", "set", f"e{os.getpid()}", "up")
        for host, device, address in (
            (bastion, "inner", bastion.address),
            (databases, "inner", databases.address),
            (databases, "outer", f"{outer}.3"),
        ):
            ip("-n", host.name, "address", "add", f"{address}/24", "dev", device)
            ip("-n", host.name, "link", "set", device, "up")
        # A security group: what no rule lets in is dropped without a word.
        databases.firewall("-P", "INPUT", "DROP")
        databases.firewall("-A", "INPUT", "-i", "lo", "-j", "ACCEPT")
        tracked = ("-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT")
        databases.firewall("-A", "INPUT", *tracked)
        yield Network(bastion, databases, f"{outer}.3")


@contextmanager
def existing(host: Host) -> Iterator[None]:
    ip("netns", "add", host.name)
    host.etc.mkdir(parents=True)
    try:
        ip("-n", host.name, "link", "set", "lo", "up")
        yield
    finally:
        ip("netns", "delete", host.name)
        shutil.rmtree(host.etc)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=10)
