"""The database at the far end: how it is called, here and there."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote as shell_quote
from typing import Literal
from urllib.parse import quote, urlencode

from ecom.postgresql import RDS_CERTIFICATES

LOCALHOST = "127.0.0.1"
# Seconds, in place of the shop's own 2: signing in takes seven times there and back, each through
# Session Manager. The pool of the shop's connections says as late that a password is refused.
CONNECT_WITHIN = 6


@dataclass(frozen=True)
class Database:
    engine: Literal["postgresql", "documentdb"]
    host: str  # its endpoint, by which alone the bastion forwards
    port: int
    name: str
    authorities: Path = RDS_CERTIFICATES

    def url(self, port: int) -> str:
        """For DATABASE_URL, by the local `port`; user and password are the secret's."""
        if self.engine == "postgresql":
            options = {
                "hostaddr": LOCALHOST,
                "sslmode": "verify-full",
                "sslrootcert": str(self.authorities),
                "connect_timeout": str(CONNECT_WITHIN),
            }
            return f"postgresql://{self.host}:{port}/{quote(self.name)}?{urlencode(options)}"
        patience = str(CONNECT_WITHIN * 1000)
        return self._mongodb(port, serverSelectionTimeoutMS=patience, connectTimeoutMS=patience)

    def shell(self, port: int) -> str:
        """A command line; the client asks for the password."""
        if self.engine == "documentdb":
            mechanism = {"authSource": "admin", "authMechanism": "SCRAM-SHA-1"}
            url = self._mongodb(port, **mechanism, retryWrites="false")
            return f"mongosh {shell_quote(url)} --username USER"
        options = {
            "host": self.host,
            "hostaddr": LOCALHOST,
            "port": port,
            "dbname": self.name,
            "sslmode": "verify-full",
            "sslrootcert": f"'{self.authorities}'",
        }
        text = " ".join(f"{name}={value}" for name, value in options.items())
        return f'psql "{text}" --username USER'

    def _mongodb(self, port: int, **more: str) -> str:
        """Its certificate does not name 127.0.0.1; the tunnel has verified the name by itself."""
        options = {
            "tls": "true",
            "tlsCAFile": str(self.authorities),
            "tlsAllowInvalidHostnames": "true",
            "directConnection": "true",
        }
        return f"mongodb://{LOCALHOST}:{port}/{quote(self.name)}?{urlencode(options | more)}"

    def instructions(self, port: int, secret: str) -> list[str]:
        """How a person connects. `secret` is named and not read."""
        return [
            f"{self.host}:{self.port} answers at {LOCALHOST}:{port}. Ctrl-C ends the tunnel.",
            self.shell(port),
            f"USER and password are username and password in the secret {secret}:",
            f"aws secretsmanager get-secret-value --secret-id {shell_quote(secret)} "
            "--query SecretString --output text",
        ]
