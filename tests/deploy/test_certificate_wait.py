from datetime import UTC, datetime, timedelta

import pytest

from deploy.ecs.certificate_wait import CertificateWait
from deploy.ecs.clock import Clock
from tests.deploy.deployments import deployment


class Stopped(Clock):
    at = datetime(2026, 11, 27, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.mark.parametrize(
    ("certificate", "minutes", "times"),
    [("", 14, 0), ("", 16, 1), ("arn:aws:acm:eu-central-1:123456789012:certificate/0", 16, 0)],
)
def test_said_once(certificate: str, minutes: int, times: int) -> None:
    said: list[str] = []
    clock = Stopped()
    look = CertificateWait(deployment(certificate=certificate), clock, said.append)
    look()
    clock.at += timedelta(minutes=minutes)
    look()
    look()
    assert len(said) == times
    assert all("Z0123456789ABCDEFGHIJ" in each for each in said)
