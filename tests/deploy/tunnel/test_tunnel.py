"""Through a real sshd with the template's restrictions to real databases that speak TLS."""

import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.migrate import Service, migrate
from deploy.ecs.tunnel.tunnel import Tunnel
from tests.deploy.tunnel import network, standins
from tests.deploy.tunnel.cloud import INSTANCE, Cloud, plugin
from tests.deploy.tunnel.sshd import Sshd
from tests.deploy.tunnel.standins import OTHER, PASSWORD, FarEnd
from tests.postgresql.certificates import Authority


@pytest.fixture(scope="module")
def far_end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarEnd]:
    network.require()
    with standins.running(tmp_path_factory.mktemp("databases")) as far_end:
        yield far_end


@pytest.fixture(autouse=True)
def published(far_end: FarEnd, cloud: Cloud) -> None:
    cloud.publish(far_end.sshd.host_key)


def refusal(tunnel: Tunnel) -> DeploymentError:
    with pytest.raises(DeploymentError) as raised, tunnel:
        pass
    return raised.value


def service(cloud: Cloud, name: str, password: str = PASSWORD) -> Service:
    prefix = f"little-ecom/{os.urandom(4).hex()}/{name}"
    return Service(
        name,
        f"ecom.settings.{name}",
        "https://shop.example.com",
        cloud.secret(prefix, SECRET_KEY="x" * 50),
        cloud.secret(f"{prefix}/owner", username=f"{name}_owner", password=password),
    )


def psql(database: Database, port: int, query: str) -> str:
    """By the command line that a person is shown."""
    line = database.shell(port).replace("USER", "accounts_owner")
    environment = {"PATH": os.environ["PATH"], "PGPASSWORD": PASSWORD}
    done = subprocess.run(
        ["sh", "-c", f"{line} -AtXc '{query}'"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nobody_else_reaches_the_databases(far_end: FarEnd) -> None:
    for port in (5432, 27017):
        with pytest.raises(TimeoutError):
            socket.create_connection((far_end.network.from_here, port), timeout=0.3)


def test_psql(far_end: FarEnd, cloud: Cloud) -> None:
    query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    with far_end.tunnel(cloud, far_end.postgresql) as tunnel:
        folder = Path(private_key(tunnel)).parent
        assert folder.stat().st_mode & 0o77 == 0
        assert psql(far_end.postgresql, tunnel.port, query) == "t"
    [lent] = cloud.lent
    assert (lent["InstanceId"], lent["InstanceOSUser"]) == (INSTANCE, "ec2-user")
    assert lent["AvailabilityZone"] == "eu-central-1a"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", tunnel.port))
    assert not folder.exists()
    assert_ended(tunnel)


def private_key(tunnel: Tunnel) -> str:
    arguments = Path(f"/proc/{tunnel.ssh.process.pid}/cmdline").read_text().split("\0")
    [key] = [each for each in arguments if each.startswith("-oIdentityFile=")]
    return key.partition("=")[2].strip('"')


def assert_ended(tunnel: Tunnel) -> None:
    """ssh and its ProxyCommand, which may be zombies: not every container's init reaps."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group, *_ = stat.read_text().rpartition(")")[2].split()
            if int(group) == tunnel.ssh.process.pid and state != "Z":
                alive.append(stat)
    assert alive == []


def test_migrate_on_postgresql(far_end: FarEnd, cloud: Cloud) -> None:
    lines: list[str] = []
    with far_end.tunnel(cloud, far_end.postgresql) as tunnel:
        migrate(tunnel, service(cloud, "accounts"), lines.append)
        tables = psql(far_end.postgresql, tunnel.port, "SELECT count(*) FROM accounts_user")
    assert tables == "0"
    assert any("Applying accounts.0001_initial... OK" in line for line in lines)


def test_migrate_on_documentdb(far_end: FarEnd, cloud: Cloud) -> None:
    lines: list[str] = []
    with far_end.tunnel(cloud, far_end.documentdb) as tunnel:
        migrate(tunnel, service(cloud, "catalog"), lines.append)
    assert any("Applying catalog.0001_initial... OK" in line for line in lines)


def test_a_refused_password(far_end: FarEnd, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.ecs.tunnel.database.CONNECT_WITHIN", 1)
    owner = service(cloud, "accounts", password="hunter2")
    with (
        far_end.tunnel(cloud, far_end.postgresql) as tunnel,
        pytest.raises(DeploymentError) as raised,
    ):
        migrate(tunnel, owner, lambda line: None)
    assert f"refuses the user and password in {owner.owner_secret}" in raised.value.cause
    assert "hunter2" not in repr(raised.value)


def test_cut_off_in_a_migration(far_end: FarEnd, cloud: Cloud) -> None:
    """As soon as manage.py says its first word."""
    with (
        far_end.tunnel(cloud, far_end.postgresql) as tunnel,
        pytest.raises(DeploymentError, match="migration of accounts was cut off") as raised,
    ):
        migrate(tunnel, service(cloud, "accounts"), lambda line: far_end.sshd.drop_connections())
    assert "Run it again" in raised.value.cure


def test_it_breaks_while_somebody_works(far_end: FarEnd, cloud: Cloud) -> None:
    with far_end.tunnel(cloud, far_end.postgresql) as tunnel:
        tunnel.check()
        tunnel.ssh.process.terminate()
        with pytest.raises(DeploymentError, match=r"The tunnel to shop.c0ffee.* broke"):
            tunnel.wait()


def test_a_closed_terminal(far_end: FarEnd, cloud: Cloud) -> None:
    before = signal.getsignal(signal.SIGHUP)
    with pytest.raises(SystemExit), far_end.tunnel(cloud, far_end.postgresql) as tunnel:
        signal.raise_signal(signal.SIGHUP)
    assert_ended(tunnel)
    assert signal.getsignal(signal.SIGHUP) is before


def test_another_host_key(far_end: FarEnd, cloud: Cloud) -> None:
    other = far_end.sshd.host_key[:-12] + "A" * 12
    cloud.publish(other)
    error = refusal(far_end.tunnel(cloud, far_end.postgresql))
    assert "somebody may be in between, or the instance was replaced" in error.cause
    assert error.details[-1] == "Host key verification failed."
    assert len(cloud.lent) == 1, "there is no second attempt"


def test_the_host_key_comes_later(far_end: FarEnd, cloud: Cloud) -> None:
    cloud.publish("pending")
    said: list[str] = []

    def publish(line: str) -> None:
        said.append(line)
        cloud.publish(far_end.sshd.host_key)

    with far_end.tunnel(cloud, far_end.documentdb, publish):
        assert said == [f"The bastion {INSTANCE} has not started yet; waiting for its host key."]


def test_the_lent_key_is_no_longer_valid(far_end: FarEnd, cloud: Cloud) -> None:
    """A new one is lent for each attempt, and the next attempt is let in."""
    said: list[str] = []

    class Slow(Sshd):
        def lend(self, user: str, key: str) -> None:
            super().lend(user, key)
            if len(cloud.lent) < expired:
                self.expire()

    slow = replace(far_end, sshd=Slow(far_end.sshd.host, far_end.sshd.pid))
    expired = 2
    with slow.tunnel(cloud, far_end.postgresql, said.append):
        assert len(cloud.lent) == 2
    [line] = said
    assert "refuses the key that Instance Connect lent it" in line
    expired = 99
    assert "valid for 60 seconds" in refusal(slow.tunnel(cloud, far_end.postgresql)).cause
    assert len(cloud.lent) == 2 + 3


@pytest.mark.parametrize(
    ("how", "fault", "cause"),
    [
        ("DROP", "D01", "does not answer it within 1 s"),
        ("REJECT --reject-with icmp-host-unreachable", "D01", "its packets are dropped"),
        ("REJECT --reject-with tcp-reset", "D07", "Nothing listens at"),
    ],
)
def test_the_database_does_not_let_the_bastion_in(
    how: str, fault: str, cause: str, far_end: FarEnd, cloud: Cloud
) -> None:
    with far_end.network.closed(27017, how):
        error = refusal(far_end.tunnel(cloud, far_end.documentdb, patience=1))
    assert error.fault == fault
    assert cause in error.cause


def test_a_database_that_the_bastion_is_not_for(far_end: FarEnd, cloud: Cloud) -> None:
    other = replace(far_end.postgresql, host=OTHER)
    error = refusal(far_end.tunnel(cloud, other))
    assert f"does not forward to {OTHER}:5432" in error.cause
    assert "update the stack" in error.cure


@pytest.mark.parametrize("engine", ["postgresql", "documentdb"])
def test_somebody_else_signed_the_certificate(
    engine: str, far_end: FarEnd, cloud: Cloud, tmp_path: Path
) -> None:
    other = Authority.new(tmp_path / "ca.pem").path
    database = replace(getattr(far_end, engine), authorities=other)
    error = refusal(far_end.tunnel(cloud, database))
    assert "cannot prove that it is" in error.cause
    assert error.fault == "D03"


def test_the_port_is_taken(far_end: FarEnd, cloud: Cloud) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = refusal(far_end.tunnel(cloud, far_end.postgresql, port=port))
    assert error.cause == f"Port {port} of this machine is taken."
    assert cloud.lent == []


def test_the_port_is_taken_a_moment_later(far_end: FarEnd, cloud: Cloud) -> None:
    """Between the look at it and ssh's listening. Who has it is not taken for the database."""
    cloud.publish("pending")
    with ExitStack() as stack:

        def take(line: str) -> None:
            stack.enter_context(socket.create_server(("127.0.0.1", tunnel.port)))
            cloud.publish(far_end.sshd.host_key)

        tunnel = far_end.tunnel(cloud, far_end.postgresql, take)
        assert refusal(tunnel).cause == f"Port {tunnel.port} of this machine is taken."


def test_session_manager(
    far_end: FarEnd, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in its place but AWS's own program."""
    plugin(tmp_path, monkeypatch, f"exec {shlex.join(far_end.to_sshd)}")
    with far_end.tunnel(cloud, far_end.postgresql, proxy=()) as tunnel:
        assert psql(far_end.postgresql, tunnel.port, "SELECT 1") == "1"
    [started] = cloud.started
    assert started["Target"] == INSTANCE
    assert_ended(tunnel)


def test_not_connected_to_session_manager(
    far_end: FarEnd, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, monkeypatch, "exit 1")
    said: list[str] = []
    cloud.refuse_session = ("TargetNotConnected", f"{INSTANCE} is not connected.")
    error = refusal(far_end.tunnel(cloud, far_end.postgresql, said.append, proxy=()))
    assert (error.fault, len(said)) == ("D13", 2)
    assert "endpoints ssm, ssmmessages and ec2messages" in error.cure
    assert any(f"{INSTANCE} is not connected." in line for line in error.details)
