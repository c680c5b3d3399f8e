"""What ssh writes where the tests cannot produce the failure: openssh-portable, channels.c,
clientloop.c and misc.c."""

import pytest

from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.failures import FAILURES, Way, failure_of
from tests.deploy.tunnel.standins import BASTION, POSTGRESQL

WAY = Way(BASTION, Database("postgresql", POSTGRESQL, 5432, "accounts"), 15432, 15)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (
            "channel 2: open failed: connect failed: Connection timed out",
            f"cannot reach {POSTGRESQL}:5432",
        ),
        (
            "channel 2: open failed: connect failed: Name or service not known",
            f"finds no address for {POSTGRESQL}",
        ),
        ("Timeout, server i-0a1b not responding.", "no longer answers"),
        ("Connection timed out during banner exchange", "no longer answers"),
        ("bind [127.0.0.1]:80: Permission denied", "only for its administrator"),
        (
            "Session Manager refuses: AccessDeniedException: User: x is not authorized",
            "may not start a session",
        ),
        (
            "Session Manager refuses: NoCredentialsError: Unable to locate credentials",
            "starts no session",
        ),
        ("client_loop: send disconnect: Broken pipe", "ended"),
    ],
)
def test_what_ssh_says(line: str, cause: str) -> None:
    lines = ["Warning: nothing", line, "Connection closed by UNKNOWN port 65535"]
    error = WAY.error(failure_of(lines), lines)
    assert cause in error.cause
    assert error.details == lines


def test_each_sentence_can_be_written() -> None:
    for failure in FAILURES:
        error = WAY.error(failure)
        assert error.cause.endswith(".") and error.cure.endswith(".")
