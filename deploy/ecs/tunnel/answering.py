"""Whether the database at the far end answers, and is the one it is called."""

import socket
import ssl

from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.database import LOCALHOST, Database

# https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest
SSL_REQUEST = bytes.fromhex("0000000804d2162f")


def ask(database: Database, port: int, patience: float) -> None:
    """Returns when TLS is spoken with a server that proved its name.

    Raises TimeoutError after `patience` seconds, EOFError where the far end hangs up, and
    DeploymentError for a server that is there and is not to be spoken to.
    """
    # Not create_default_context(), which since Python 3.13 wants more than libpq and pymongo do.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(database.authorities)
    try:
        with socket.create_connection((LOCALHOST, port), patience) as plain:
            if database.engine == "postgresql":
                request_tls(plain, database)
            with context.wrap_socket(plain, server_hostname=database.host):
                return
    except ssl.SSLCertVerificationError as error:
        raise unverified(database, error.verify_message) from None
    except ssl.SSLEOFError:
        raise EOFError from None
    except ssl.SSLError as error:
        raise without_tls(database, str(error.reason)) from None
    except ConnectionError:
        raise EOFError from None


def request_tls(plain: socket.socket, database: Database) -> None:
    plain.sendall(SSL_REQUEST)
    answer = plain.recv(1)
    if not answer:
        raise EOFError
    if answer != b"S":
        raise without_tls(database, f"it answers {answer!r} to the request for TLS")


def unverified(database: Database, reason: str) -> DeploymentError:
    return DeploymentError(
        f"What answers as {database.host} cannot prove that it is: {reason.rstrip('.')}.",
        f"Send it no password. Look whether {database.host} is the database's endpoint; for one "
        "that is not Amazon's give the certificates of its authority in place of "
        f"{database.authorities}.",
        fault="D03",
    )


def without_tls(database: Database, reason: str) -> DeploymentError:
    return DeploymentError(
        f"{database.host}:{database.port} does not speak TLS ({reason}).",
        "Switch TLS on in the database's parameter group, and look whether that is its port.",
        fault="D04" if database.engine == "documentdb" else "D02",
    )
