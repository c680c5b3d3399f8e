"""The bastion's sshd: Debian's, with what the template writes for Amazon Linux."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.ecs.evaluator import Environment, Template, evaluate
from deploy.ecs.evaluator.symbols import Text, Unknown
from tests.deploy.templates.stack import FOLDER
from tests.deploy.tunnel.network import Host

CONFIGURATION = re.compile(r"cat >(/etc/ssh/\S+) <<'END'\n(.*?)^END$", re.DOTALL | re.MULTILINE)
# In the place of Instance Connect's, which is called alike and asks the instance's metadata.
# https://github.com/aws/aws-ec2-instance-connect-config
LENT = """\
#!/bin/sh
while read -r until user key; do
  [ "$user" = "$1" ] && [ "$(date +%s)" -lt "$until" ] && echo "$key"
done </etc/ssh/lent
"""
VALID = 60  # seconds


@dataclass(frozen=True)
class Sshd:
    host: Host
    pid: int

    @property
    def folder(self) -> Path:
        """Its /etc/ssh."""
        return self.host.etc / "ssh"

    @property
    def host_key(self) -> str:
        """As the bastion publishes it."""
        kind, key, *_ = (self.folder / "ssh_host_ed25519_key.pub").read_text().split()
        return f"{kind} {key}"

    def lend(self, user: str, key: str) -> None:
        (self.folder / "lent").write_text(f"{int(time.time()) + VALID} {user} {key}\n")

    def drop_connections(self) -> None:
        """As when the instance dies; who connects again finds it."""
        for pid in self.host.processes("sshd"):
            if pid != self.pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def expire(self) -> None:
        lent = self.folder / "lent"
        _, rest = lent.read_text().split(maxsplit=1)
        lent.write_text(f"{int(time.time())} {rest}")


def restrictions(parameters: dict[str, str]) -> tuple[str, str]:
    """File and text that the template's user data write."""
    template = Template.read(FOLDER / "bastion.yaml")
    stack = evaluate(template, parameters, Environment("eu-central-1", "123456789012", "bastion"))
    encoded = stack.resources["Instance"].properties["UserData"]
    assert isinstance(encoded, Unknown) and isinstance(encoded.argument, Text)
    script = "".join(part for part in encoded.argument.parts if isinstance(part, str))
    [(path, text)] = CONFIGURATION.findall(script)
    return path, text


@contextmanager
def running(host: Host, hosts: dict[str, str], parameters: dict[str, str]) -> Iterator[Sshd]:
    """It listens on the host's own 127.0.0.1:22. `hosts` are the names it knows."""
    folder = host.etc / "ssh"
    shutil.copytree("/etc/ssh", folder)
    path, text = restrictions(parameters)
    (host.etc / path.removeprefix("/etc/")).write_text(text)
    (folder / "instance-connect").write_text(LENT)
    (folder / "instance-connect").chmod(0o755)
    (folder / "lent").touch()
    user = "ec2-user:{}:1000:1000::/:/bin/bash\n"
    (host.etc / "passwd").write_text(Path("/etc/passwd").read_text() + user.format("x"))
    (host.etc / "shadow").write_text(Path("/etc/shadow").read_text() + "ec2-user:*:1::::::\n")
    lines = [f"{address} {name}\n" for name, address in hosts.items()]
    (host.etc / "hosts").write_text("".join(["127.0.0.1 localhost\n", *lines]))
    Path("/run/sshd").mkdir(exist_ok=True)  # by Debian's unit of systemd
    command = host.command(
        *("/usr/sbin/sshd", "-D", "-e", "-o", "ListenAddress=127.0.0.1", "-o", "PidFile=none"),
        *("-o", "AuthorizedKeysCommand=/etc/ssh/instance-connect %u %f"),
        *("-o", "AuthorizedKeysCommandUser=nobody"),
    )
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert "Server listening on 127.0.0.1" in first, first
        try:
            yield Sshd(host, process.pid)
        finally:
            process.terminate()
