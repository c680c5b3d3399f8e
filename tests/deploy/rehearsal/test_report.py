from datetime import UTC, datetime

import pytest

from deploy.ecs.rehearsal.report import is_told
from deploy.ecs.rehearsal.timeline import Event


@pytest.mark.parametrize(
    ("source", "text", "told"),
    [
        ("stack shop", "CREATE_IN_PROGRESS: User Initiated", True),
        ("stack shop", "CREATE_COMPLETE", True),
        ("stack shop", "CREATE_COMPLETE Vpc", False),
        ("stack shop", "CREATE_FAILED Vpc: The maximum number of VPCs has been reached.", True),
        ("stack shop", "REVIEW_IN_PROGRESS: User Initiated", False),
        ("service catalog", "(service catalog) has reached a steady state.", True),
        ("log catalog", "GET /", False),
    ],
)
def test_what_a_person_reads(source: str, text: str, told: bool) -> None:
    assert is_told(Event(datetime(2026, 11, 27, tzinfo=UTC), source, text)) is told
