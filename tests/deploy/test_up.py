import pytest

from deploy.ecs.up import is_created


@pytest.mark.parametrize(
    ("status", "created"),
    [
        (None, False),
        ("REVIEW_IN_PROGRESS", False),
        ("CREATE_IN_PROGRESS", False),
        ("ROLLBACK_COMPLETE", False),
        ("DELETE_FAILED", False),
        ("CREATE_COMPLETE", True),
        ("UPDATE_IN_PROGRESS", True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True),
        ("UPDATE_ROLLBACK_FAILED", True),
    ],
)
def test_what_is_created_stays_protected(status: str | None, created: bool) -> None:
    """And keeps the number of tasks that auto scaling gave it."""
    assert is_created(status) is created
