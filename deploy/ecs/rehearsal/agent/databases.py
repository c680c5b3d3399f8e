"""The databases that are deployed, as real servers: PostgreSQL, and the stand-in for DocumentDB."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy.ecs.rehearsal.agent.network import HOST, free_port, listens
from deploy.ecs.rehearsal.agent.processes import Process, bound
from deploy.ecs.rehearsal.agent.region import Region
from deploy.local.databases import PostgreSQL
from deploy.local.processes import EndedError

STARTS_WITHIN = 60  # real seconds
STEP = 0.05  # real seconds
HBA = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Server:
    """`identifier` is RDS' or DocumentDB's own."""

    identifier: str
    engine: str
    host: str
    port: int  # on AWS
    user: str
    password: str
    database: str
    real_port: int = field(default_factory=free_port)
    ready: threading.Event = field(default_factory=threading.Event)

    def address(self) -> tuple[str, int] | None:
        """None where it has failed."""
        return (HOST, self.real_port) if listens(self.real_port) else None


class Databases:
    """`clients` are boto3's for AWS's APIs."""

    def __init__(self, region: Region, clients: Any) -> None:
        self.region = region
        self.clients = clients
        self.servers: dict[str, Server] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def at(self, host: str) -> Server | None:
        """The one whose endpoint that is, ready: it is started when first asked for."""
        with self._lock:
            if host not in self.servers and (made := self._described(host)):
                self.servers[host] = made
                thread = threading.Thread(target=self._run, args=[made], daemon=True)
                thread.start()
                self._threads.append(thread)
            found = self.servers.get(host)
        if found:
            found.ready.wait(STARTS_WITHIN)
        return found

    def stop(self) -> None:
        """After the end of the region."""
        for each in self._threads:
            each.join()

    def _described(self, host: str) -> Server | None:
        if ".rds." in host:
            found = self.clients("rds").describe_db_instances()["DBInstances"]
            named = {each["Endpoint"]["Address"]: each for each in found if "Endpoint" in each}
            if host in named:
                each = named[host]
                return self._server(
                    each, each["DBInstanceIdentifier"], each["Endpoint"]["Port"], host
                )
        if ".docdb." in host:
            for each in self.clients("docdb").describe_db_clusters()["DBClusters"]:
                if host in {each.get("Endpoint"), each.get("ReaderEndpoint")}:
                    return self._server(each, each["DBClusterIdentifier"], each["Port"], host)
        return None

    def _server(self, given: Mapping[str, Any], name: str, port: int, host: str) -> Server:
        user, password = str(given.get("MasterUsername") or "postgres"), secrets.token_urlsafe()
        if secret := given.get("MasterUserSecret"):
            answer = self.clients("secretsmanager").get_secret_value(SecretId=secret["SecretArn"])
            content = json.loads(answer["SecretString"])
            user, password = content["username"], content["password"]
        database = str(given.get("DBName") or given.get("DatabaseName") or "")
        return Server(name, str(given["Engine"]), host, int(port), user, password, database)

    def _run(self, server: Server) -> None:
        source = f"database {server.identifier}"
        with ExitStack() as stack:
            try:
                self._start(server, stack)
                self.region.timeline.add(source, "is ready")
            except (EndedError, OSError, psycopg.Error) as error:
                self.region.timeline.add(source, f"does not start: {error}")
            finally:
                server.ready.set()
            self.region.ended.wait()

    def _start(self, server: Server, stack: ExitStack) -> None:
        """Raises EndedError, OSError or psycopg.Error."""
        if server.engine == "docdb":
            self._documentdb(server, stack)
            self._wait(lambda: listens(server.real_port))
            return
        made = self._postgresql(server, stack)
        url = f"{made.url('postgres')}&port={server.real_port}"
        self._wait(lambda: answers(url))
        self._make_master(server, url)

    def _wait(self, is_ready: Callable[[], bool]) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while not is_ready():
            if self.region.ended.wait(STEP) or time.monotonic() > until:
                raise EndedError(f"It does not answer within {STARTS_WITHIN} seconds.")

    def _documentdb(self, server: Server, stack: ExitStack) -> None:
        command = [sys.executable, "-m", "tests.documentdb_server", "--port", str(server.real_port)]
        process = Process([*command, "--user", f"{server.user}:{server.password}"], os.environ)
        stack.callback(process.end)

    def _postgresql(self, server: Server, stack: ExitStack) -> PostgreSQL:
        folder = self.region.folder / server.identifier
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier rehearsal, with other passwords
        made = PostgreSQL.in_folder(folder, stack)
        hba = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecom-"))) / "hba.conf"
        hba.write_text(HBA)
        if made.user:
            shutil.chown(hba.parent, made.user)
            hba.parent.chmod(0o755)
        command = [str(made.programs / "postgres"), "-D", str(folder), "-k", str(made.sockets)]
        command += ["-p", str(server.real_port), "-c", f"listen_addresses={HOST}"]
        command += ["-c", f"hba_file={hba}", "-c", "unix_socket_permissions=0700"]
        process = subprocess.Popen(  # noqa: S603
            bound(command, made.user or ""),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        stack.callback(self._end, process)
        return made

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGINT)  # which does not wait for clients
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()

    def _make_master(self, server: Server, url: str) -> None:
        """With what RDS gives its master user, who is no superuser there either, and may have the
        name that PostgreSQL's own superuser has here."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE rdsadmin SUPERUSER LOGIN")
        user = sql.Identifier(server.user)
        role = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}")
        with psycopg.connect(url, user="rdsadmin", autocommit=True) as connection:
            connection.execute("ALTER ROLE postgres RENAME TO rdsowner")
            connection.execute(role.format(user, sql.Literal(server.password)))
            connection.execute(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(user))
            if server.database and server.database != "postgres":
                make = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(make.format(sql.Identifier(server.database), user))


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
