"""What a server does once before it forks its workers, and then in each of them."""

import sys

from django.db import connection

from ecom.checks import check_connections, check_peers
from ecom.peers import accounts_peer
from ecom.postgresql import close_all


def before_fork() -> None:
    """Raises SystemExit, with a sentence, where no worker could serve."""
    wrong = [*check_peers(), *check_connections(databases=["default"])]
    if connection.vendor == "postgresql":
        close_all(connection)  # the pool's threads and sockets must not be forked
    if wrong:
        sys.exit("\n".join(f"Error: {error.msg} {error.hint or ''}".rstrip() for error in wrong))


def after_fork() -> None:
    accounts_peer().start()
