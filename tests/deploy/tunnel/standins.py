"""What the tests have at the far end: the bastion, PostgreSQL and the stand-in for DocumentDB."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy.ecs.clock import Clock
from deploy.ecs.tunnel.bastion import Bastion, Say
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.tunnel import Tunnel
from tests.deploy.tunnel import network, sshd
from tests.deploy.tunnel.cloud import HOST_KEY, INSTANCE, Cloud
from tests.deploy.tunnel.network import Host, Network
from tests.deploy.tunnel.sshd import Sshd
from tests.documentdb_server import process
from tests.postgresql import debian
from tests.postgresql.certificates import Authority

POSTGRESQL = "shop.c0ffee.eu-central-1.rds.amazonaws.com"
DOCUMENTDB = "shop.cluster-c0ffee.eu-central-1.docdb.amazonaws.com"
# Another database of the account.
OTHER = "other.c0ffee.eu-central-1.rds.amazonaws.com"
PASSWORD = "owner: with/all@of%them"
BASTION = Bastion("little-ecom-production-bastion", INSTANCE, "eu-central-1a", HOST_KEY)
PARAMETERS = {
    "VpcId": "vpc-1",
    "VpcCidr": "10.99.0.0/16",
    "Subnet": "subnet-1",
    "PostgreSQLHost": POSTGRESQL,
    "PostgreSQLSecurityGroup": "sg-0a",
    "DocumentDBHost": DOCUMENTDB,
    "DocumentDBSecurityGroup": "sg-0b",
}
RELAY = Path(__file__).with_name("relay.py")
FAST = Clock(rate=1000)


@dataclass(frozen=True)
class FarEnd:
    network: Network
    sshd: Sshd
    postgresql: Database
    documentdb: Database

    @property
    def to_sshd(self) -> list[str]:
        """A command that comes out at the bastion's sshd, as Session Manager does."""
        return self.network.bastion.command(sys.executable, "-IS", RELAY, "22")

    def tunnel(
        self, cloud: Cloud, database: Database, say: Say = lambda line: None, **options: Any
    ) -> Tunnel:
        cloud.sshd = self.sshd
        given: dict[str, Any] = {"proxy": self.to_sshd, "patience": 2} | options
        return Tunnel(BASTION, database, cloud.session, FAST, say, **given)


class StandIn(process.Server):
    """On the databases' host. It listens on 127.0.0.1 only, so the host passes the port on."""

    def __init__(self, host: Host, **options: Any) -> None:
        super().__init__(None, members=1, profile="documentdb-5.0", **options)
        self.host = host
        self.ports = [27017]
        host.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet")
        wanted = ["-p", "tcp", "-d", host.address, "--dport", "27017"]
        passed_on = ["-j", "DNAT", "--to-destination", "127.0.0.1"]
        host.firewall("-t", "nat", "-A", "PREROUTING", *wanted, *passed_on)

    def command(self) -> list[str]:
        return self.host.command(*super().command())


@contextmanager
def running(folder: Path) -> Iterator[FarEnd]:
    with ExitStack() as stack:
        net = stack.enter_context(network.connected())
        host = net.databases
        hosts = dict.fromkeys([POSTGRESQL, DOCUMENTDB, OTHER], host.address)
        bastion = stack.enter_context(sshd.running(net.bastion, hosts, PARAMETERS))
        postgresql = stack.enter_context(
            debian.running(POSTGRESQL, host.address, 5432, host.network)
        )
        make_database(postgresql)
        authority, certificate = Authority.new(folder / "ca.pem"), folder / "documentdb.pem"
        key = folder / "key.pem"
        authority.certify(DOCUMENTDB, certificate, key)
        certificate.write_bytes(certificate.read_bytes() + key.read_bytes())
        stand_in = StandIn(host, user="catalog_owner", password=PASSWORD, certificate=certificate)
        stand_in.start()
        stack.callback(stand_in.stop)
        for port in (5432, 27017):
            net.let_in(port)
        yield FarEnd(
            net,
            bastion,
            Database("postgresql", POSTGRESQL, 5432, "accounts", postgresql.authority.path),
            Database("documentdb", DOCUMENTDB, 27017, "catalog", authority.path),
        )


def make_database(server: debian.Debian) -> None:
    with psycopg.connect(
        host=str(server.socket_folder),
        port=server.port,
        user="postgres",
        password=debian.PASSWORD,
        autocommit=True,
    ) as connection:
        secret = sql.Literal(PASSWORD)
        connection.execute(sql.SQL("CREATE ROLE accounts_owner LOGIN PASSWORD {}").format(secret))
        connection.execute("CREATE DATABASE accounts OWNER accounts_owner")
